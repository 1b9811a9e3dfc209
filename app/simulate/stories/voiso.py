"""What happens at a contact centre that runs on Voiso."""

from __future__ import annotations

from typing import Any

from app.core.vendors.contract import Source
from app.simulate.payloads import voiso
from app.simulate.scene import Scene
from app.simulate.spelling import SECOND
from app.simulate.story import Story


def _either(scene: Scene, body: dict[str, Any]) -> dict[str, Any]:
    """The envelope of today, or now and then that of 2024."""
    return voiso.older(body) if scene.chance(0.3) else body


def chat(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    id, who, by = scene.token(), scene.customer(), scene.agent()
    channel = scene.one_of(("chat", "whatsapp", "instagram", "telegram", "viber"))
    row = story.conversation(id)
    row.contact, row.assignee, row.phase = who.name, str(by.id), "active"
    for n in range(scene.shape.randint(2, 8)):
        received = n == 0 or scene.chance(0.5)
        row.last_text = scene.question() if received else scene.answer()
        at = scene.later()
        body = voiso.message(
            "received" if received else "sent",
            id,
            scene.token(),
            at,
            text=row.last_text,
            channel=channel,
            who=who,
            by=by,
        )
        story.send(row, _either(scene, body), at)
        if received:
            row.messages.inbound += 1
        else:
            row.messages.outbound += 1
    if scene.chance(0.7):
        at = scene.later()
        body = voiso.conversation_ended(id, at, channel=channel, who=who)
        story.send(row, _either(scene, body), at)
        row.status = row.phase = "ended"
    return story


def chat_ended_unseen(source: Source, scene: Scene) -> Story:
    """Of a conversation from before the subscription only the end arrives."""
    story = Story(source, scene)
    id = scene.token()
    row = story.conversation(id)
    at = scene.later()
    story.send(row, voiso.conversation_ended(id, at, who=scene.customer()), at)
    row.status = row.phase = "ended"
    return story


def call(source: Source, scene: Scene) -> Story:
    """Answered, hung up, wrapped up; the first sometimes notified by a GET."""
    story = Story(source, scene)
    kind: voiso.CallKind = scene.one_of(("inbound", "inbound", "outbound", "dialer"))
    id, who, by = scene.token(), scene.customer(), scene.agent()
    row = story.call(id)
    row.direction = "inbound" if kind == "inbound" else "outbound"
    row.dialer = True if kind == "dialer" else None
    row.agent = str(by.id)
    row.phase, row.disposition = "ended", "answered"
    started_at = scene.later()
    answered_at = scene.later(2, 40)
    body = voiso.call(
        "answered",
        kind,
        id,
        answered_at,
        started_at=started_at,
        answered_at=None if kind == "outbound" else answered_at,
        who=who,
        by=by,
    )
    if scene.chance(0.3):
        story.send(row, voiso.query(body), answered_at, type=f"{kind}.call.answered")
    else:
        story.send(row, _either(scene, body), answered_at)
    ended_at = scene.later(10, 200)
    body = voiso.call(
        "hangup",
        kind,
        id,
        ended_at,
        started_at=started_at,
        answered_at=answered_at,
        talked=(ended_at - answered_at) // SECOND,
        who=who,
        by=by,
    )
    story.send(row, _either(scene, body), ended_at)
    row.total_ms = (ended_at - started_at) // 1_000
    if scene.chance(0.6):
        row.wrapup_code = scene.one_of(("Sale", "Call back", "Complaint"))
        at = scene.later()
        body = voiso.call(
            "ended",
            None if kind == "inbound" and scene.chance(0.3) else kind,
            id,
            at,
            started_at=started_at,
            answered_at=answered_at,
            who=who,
            by=by,
            wrapup_code=row.wrapup_code,
            more={"duration": {"talk_time": (ended_at - answered_at) // SECOND}},
        )
        story.send(row, body, at)
    return story


def call_ringing_out(source: Source, scene: Scene) -> Story:
    """Nobody answers: a hangup is all there is."""
    story = Story(source, scene)
    id = scene.token()
    row = story.call(id)
    row.phase, row.direction, row.disposition = "ended", "inbound", "abandoned"
    started_at, ended_at = scene.later(), scene.later(20, 60)
    row.total_ms = (ended_at - started_at) // 1_000
    body = voiso.call(
        "hangup",
        "inbound",
        id,
        ended_at,
        started_at=started_at,
        by=None,
        disposition="abandoned",
        more={"agent": "null"},
    )
    story.send(row, body, ended_at)
    return story


def user(source: Source, scene: Scene) -> Story:
    """The 2024 page's example: a user, in the envelope of a call. It changes no row."""
    story = Story(source, scene)
    id = scene.number()
    at = scene.later()
    story.send(story.key("agent", id), voiso.user(id, at, by=scene.agent()), at, type="user")
    return story


def retired_record(source: Source, scene: Scene) -> Story:
    """For a source that does not verify."""
    story = Story(source, scene)
    id = scene.token()
    row = story.call(id)
    row.phase, row.disposition = "ended", "answered"
    started_at, ended_at = scene.later(ms=True), scene.later(ms=True)
    row.total_ms = (ended_at - started_at) // 1_000
    type = scene.one_of(("inbound", "outbound", "callback"))
    row.direction = None if type == "callback" else type
    body = voiso.retired_record(id, ended_at, started_at=started_at, type=type)
    story.send(row, body, ended_at, type="call.record")
    return story


def given_up(source: Source, scene: Scene) -> Story:
    """For a source that does not verify: Voiso says which deliveries it gave up on."""
    story = Story(source, scene)
    id = scene.token()
    at = scene.later()
    body = voiso.webhook_failure(id, at)
    story.send(story.key("test", id), body, at, type="webhook_failure")
    return story
