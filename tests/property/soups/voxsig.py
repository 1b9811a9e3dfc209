"""Soups of Voxsig's payloads."""

from __future__ import annotations

from hypothesis import strategies as st

from app.simulate.payloads import voxsig
from app.simulate.spelling import SECOND, epoch_ms, iso, spaced, unix
from app.simulate.webhook import Webhook
from tests.property.histories import NOW
from tests.property.soups.ingredients import (
    Tree,
    agents,
    maybe,
    numbers,
    people,
    texts,
    times,
    webhook_of,
    without,
    words,
)


@st.composite
def _snapshot(draw: st.DrawFn) -> tuple[Tree, int]:
    at = draw(times)
    snapshot = voxsig.snapshot(
        7,
        at,
        status=draw(words),
        who=draw(people()),
        by=draw(st.none() | agents()),
        labels=draw(st.lists(st.sampled_from(("a", "b")), max_size=2)),
        priority=draw(st.none() | words),
        created_at=draw(times),
        custom=draw(st.sampled_from((None, {"plan": "gold"}, {"plan": None, "seats": 3}))),
    )
    if draw(maybe):
        snapshot["meta"] = without(snapshot["meta"], frozenset({"assignee", "team"}))
    dropped = st.sampled_from(("priority", "labels", "channel", "custom_attributes", "created_at"))
    return without(snapshot, draw(st.frozensets(dropped))), at


@st.composite
def conversation(draw: st.DrawFn) -> Webhook:
    snapshot, at = draw(_snapshot())
    if draw(maybe):
        places = st.sampled_from(("account", "messages", "nowhere"))
        events = ("conversation_created", "conversation_updated", "conversation_status_changed")
        others = ("conversation_resolved", "automation_event.message_created", "macro.executed")
        event = draw(st.sampled_from((*events, *others)))
        body = voxsig.conversation(event, snapshot, place=draw(places))
        return webhook_of("voxsig", "conversation/1-7", event, body, at)
    event = draw(st.sampled_from(("message_created", "message_updated")))
    created_at = draw(st.none() | times)
    spell = draw(st.sampled_from((iso, spaced, unix, epoch_ms)))
    sender = draw(st.sampled_from((None, voxsig.BOT, {"id": 1, "name": "Ann"})))
    body = voxsig.message(
        event,
        snapshot,
        draw(numbers),
        None,
        type=draw(st.sampled_from(("incoming", "outgoing", "template", "activity", 0, 1, 2, 3))),
        text=draw(st.none() | texts),
        private=draw(st.sampled_from((False, False, True))),
        sender=sender,
        place=draw(st.sampled_from(("account", "conversation", "nowhere"))),
        updated_at=draw(st.none() | times) if event == "message_updated" else None,
        more={} if created_at is None else {"created_at": spell(created_at)},
    )
    return webhook_of("voxsig", "conversation/1-7", event, body, at)


@st.composite
def corrections(draw: st.DrawFn) -> Webhook:
    """One message, created and corrected at two times."""
    at = NOW + draw(st.integers(0, 1)) * SECOND
    event = draw(st.sampled_from(("message_created", "message_updated")))
    body = voxsig.message(
        event,
        voxsig.snapshot(7, NOW),
        9,
        at,
        text=draw(st.none() | texts),
        content_type=draw(st.sampled_from(("text", "cards"))),
        updated_at=at if event == "message_updated" else None,
    )
    return webhook_of("voxsig", "conversation/1-7", event, body, at)


@st.composite
def contact(draw: st.DrawFn) -> Webhook:
    event, at = draw(st.sampled_from(("contact_created", "contact_updated"))), draw(times)
    stated = at if draw(maybe) else None
    custom = draw(st.sampled_from((None, {"plan": "gold"}, {"plan": None})))
    more = draw(st.sampled_from(({}, {"email": None}, {"identifier": None})))
    who = draw(people())
    body = voxsig.contact(event, who=who, at=stated, custom=custom, more={"id": 1, **more})
    return webhook_of("voxsig", "contact/1-1", event, body, at)
