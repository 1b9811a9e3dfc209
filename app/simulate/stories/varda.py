"""What happens at a business that takes its chats and calls with Varda."""

from __future__ import annotations

from typing import Literal

from app.core.vendors.contract import Source
from app.simulate.expectation import Call
from app.simulate.payloads import varda
from app.simulate.scene import Scene
from app.simulate.spelling import HOUR, SECOND
from app.simulate.story import Story


class Chat(Story):
    """A conversation, told in acts; each sends one webhook and says what it changes."""

    def __init__(self, source: Source, scene: Scene, channel: str = "webchat") -> None:
        super().__init__(source, scene)
        self.id = scene.number()
        self.who = scene.customer()
        self.channel = channel
        self.row = self.conversation(self.id)
        self.row.contact = self.who.name

    def opens(self) -> None:
        self._changes("created", "open")
        self.row.phase = "created"

    def says(self) -> None:
        self._message("inbound", "contact", self.scene.question())
        self.row.messages.inbound += 1

    def answers(self) -> None:
        self._message("outbound", "user", self.scene.answer())
        self.row.messages.outbound += 1

    def bot_answers(self, sender: Literal["bot", "system"] = "bot") -> None:
        self._message("outbound", sender, "Thanks for writing! We will be right with you.")
        self.row.messages.automated += 1

    def resolves(self) -> None:
        self._changes("resolved", "resolved")

    def closes(self) -> None:
        self._changes("closed", "closed")
        self.row.phase = "ended"

    def opens_again(self) -> None:
        """Varda has no event for it: its next conversation.created speaks of the same id."""
        self._changes("created", "open")
        self.row.phase = "active"
        self.row.reopened += 1

    def _changes(self, event: Literal["created", "resolved", "closed"], status: str) -> None:
        at = self.scene.later()
        body = varda.conversation(event, self.id, at, channel=self.channel, who=self.who)
        self.send(self.row, body, at)
        self.row.status = self.row.phase = status

    def _message(
        self, direction: str, sender: Literal["contact", "user", "bot", "system"], text: str
    ) -> None:
        at = self.scene.later()
        body = varda.message(
            self.id,
            self.scene.number(),
            at,
            direction=direction,
            sender=sender,
            text=text,
            channel=self.channel,
            who=self.who,
        )
        self.send(self.row, body, at)
        self.row.last_text = text
        if self.row.phase == "created":
            self.row.phase = "active"


def chat(source: Source, scene: Scene) -> Story:
    story = Chat(source, scene, scene.one_of(("webchat", "whatsapp", "sms", "email")))
    story.opens()
    story.says()
    if scene.chance(0.5):
        story.bot_answers(scene.one_of(("bot", "system")))
    for _ in range(scene.shape.randint(1, 4)):
        story.answers()
        story.says()
    if scene.chance(0.7):
        story.resolves()
        if scene.chance(0.6):
            story.closes()
    return story


def nobody_writes(source: Source, scene: Scene) -> Story:
    story = Chat(source, scene, "phone")
    story.opens()
    return story


def chat_opened_again(source: Source, scene: Scene) -> Story:
    story = Chat(source, scene)
    story.opens()
    story.says()
    story.answers()
    story.resolves()
    story.opens_again()
    story.says()
    story.answers()
    story.resolves()
    return story


def call(source: Source, scene: Scene) -> Story:
    """A call; its agent tags it, sometimes twice, and thinks better of one of the tags."""
    story = Story(source, scene)
    id, who = scene.number(), scene.customer()
    row = story.call(id)
    row.contact = who.name
    row.direction = scene.one_of(("inbound", "outbound"))
    started_at = scene.later()
    answered_at = scene.later(3, 20) if scene.chance(0.8) else None
    body = varda.call("started", id, started_at, started_at=started_at, direction=row.direction)
    story.send(row, body | {"data": body["data"] | {"contact": varda.customer(who)}}, started_at)
    ended_at = scene.later(20, 200)
    row.disposition = "completed" if answered_at else "no_answer"
    row.total_ms = (ended_at - started_at) // 1_000
    row.phase = "ended"
    body = varda.call(
        "ended",
        id,
        ended_at,
        started_at=started_at,
        answered_at=answered_at,
        direction=row.direction,
        disposition=row.disposition,
        who=who,
    )
    story.send(row, body, ended_at)
    for _ in range(scene.shape.choice((0, 1, 1, 2, 3))):
        _tag(story, row, id)
    return story


def _tag(story: Story, row: Call, call_id: int) -> None:
    scene = story.scene
    tag = scene.number()
    types = ("booked", "quoted", "follow_up", "not_interested", "other", "needs_paint")
    type = scene.one_of(types)
    at = scene.later()
    story.send(row, varda.outcome(call_id, tag, at, type=type), at)
    if scene.chance(0.3):
        type = scene.one_of(types)
        at = scene.later()
        body = varda.outcome(call_id, tag, at, type=type, notes=None, revenue_cents=90_000)
        story.send(row, body, at)
    row.outcomes = [*row.outcomes, type]
    row.phase = "tagged"


def contact(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    who = scene.customer()
    row = story.contact(who.id)
    row.name, row.email = who.name, who.email
    at = scene.later()
    story.send(row, varda.contact("created", at, who=who, nested=scene.chance(0.5)), at)
    if scene.chance(0.5):
        row.name = f"{who.name} jr."
        at = scene.later()
        more = {"name": row.name}
        story.send(row, varda.contact("updated", at, who=who, more=more), at)
    return story


def one_contact(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    who = scene.customer()
    row = story.contact(who.id)
    row.name, row.email = who.name, who.email
    at = scene.later()
    story.send(row, varda.contact("created", at, who=who), at)
    return story


def broken_clock(source: Source, scene: Scene) -> Story:
    """An event 30 hours ahead of its receipt counts as of its receipt: it is not the newest
    for ever. Everything in this story is told over a minute ago but for that one.
    """
    story = Chat(source, scene)
    story.opens()
    story.says()
    ahead = scene.now // SECOND * SECOND + 30 * HOUR
    body = varda.message(story.id, scene.number(), ahead, text="From the future", who=story.who)
    story.send(story.row, body, ahead)
    story.row.messages.inbound += 1
    story.row.last_text = "From the future"
    return story
