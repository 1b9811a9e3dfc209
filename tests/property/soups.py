"""Soups: payloads of one conversation, call or contact in no sensible order, over few ids and few
times, so that everything collides with everything.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.core.webhook import FORM, JSON
from app.simulate.cast import Agent, Customer
from app.simulate.payloads import convocore, varda, voiso, voxsig
from app.simulate.spelling import SECOND, epoch_ms, iso, spaced, unix
from app.simulate.webhook import Webhook, compact
from tests.property.histories import NOW

Tree = dict[str, Any]

times = st.integers(0, 6).map(lambda n: NOW + n * SECOND)
numbers = st.sampled_from((9, 10, 11, 100))
texts = st.sampled_from(("one", "two", "three", "x" * 300, ""))
words = st.sampled_from(("open", "pending", "resolved", "closed", "snoozed", "ended", "archived"))
maybe = st.booleans()


@st.composite
def people(draw: st.DrawFn) -> Customer:
    id = draw(st.sampled_from((1, 2)))
    name = draw(st.sampled_from(("Ann", "Bob", "C" * 300)))
    tail = draw(st.sampled_from(("a", "b")))
    return Customer(
        id=id, name=name, email=f"{tail}@example.com", phone=f"+44791100000{id}", handle=tail
    )


@st.composite
def agents(draw: st.DrawFn) -> Agent:
    id = draw(st.sampled_from((1, 2)))
    name = draw(st.sampled_from(("Eva", "Tom")))
    return Agent(id=id, name=name, email=f"{name}@example.com", extension=f"25{id}")


def _webhook(vendor: str, key: str, type: str, body: Tree | bytes, at: int) -> Webhook:
    return Webhook(
        source=vendor,
        vendor=vendor,
        stored=body if isinstance(body, bytes) else compact(body),
        at=at,
        key=f"{vendor}/{key}",
        type=type,
        content_type=FORM if isinstance(body, bytes) else JSON,
        counted=True,
    )


def _without(tree: Tree, names: frozenset[str]) -> Tree:
    return {name: value for name, value in tree.items() if name not in names}


@st.composite
def voiso_conversation(draw: st.DrawFn) -> Webhook:
    at, who = draw(times), draw(people())
    if draw(maybe):
        event = draw(st.sampled_from(("received", "sent")))
        by = draw(st.none() | agents())
        id = str(draw(numbers))
        channel = draw(st.sampled_from(("chat", "whatsapp", "fax")))
        more = {"contact": {"username": who.name}} if draw(maybe) else None
        body = voiso.message(
            event, "c", id, at, text=draw(texts), channel=channel, who=who, by=by, more=more
        )
    else:
        wrapup = draw(st.sampled_from((None, "null", "Sold")))
        body = voiso.conversation_ended("c", at, wrapup_code=wrapup, who=who)
    type = body["event"]
    if draw(maybe):
        body = voiso.older(body)
    return _webhook("voiso", "conversation/c", type, body, at)


@st.composite
def voiso_call(draw: st.DrawFn) -> Webhook:
    at, started_at = draw(times), draw(times)
    event = draw(st.sampled_from(("answered", "hangup", "ended")))
    kinds = ("inbound", "outbound", "dialer")
    kind = draw(st.sampled_from((*kinds, None) if event == "ended" else kinds))
    body = voiso.call(
        event,
        kind,
        "c",
        at,
        started_at=started_at,
        answered_at=draw(st.none() | times),
        talked=draw(numbers),
        by=draw(st.none() | agents()),
        wrapup_code=draw(st.none() | words),
    )
    dropped = st.sampled_from(("start_time", "end_time", "queue", "duration", "agent", "cdr_url"))
    body = body | {"data": _without(body["data"], draw(st.frozensets(dropped)))}
    type = body["event"]
    if event == "answered" and draw(maybe):
        return _webhook("voiso", "call/c", type, voiso.query(body), at)
    return _webhook("voiso", "call/c", type, voiso.older(body) if draw(maybe) else body, at)


@st.composite
def varda_conversation(draw: st.DrawFn) -> Webhook:
    at, who = draw(times), draw(people())
    attribution = draw(st.sampled_from((None, {"source": "ad"}, {"source": "x", "new_key": [1]})))
    if draw(maybe):
        body = varda.message(
            7,
            draw(numbers),
            at,
            direction=draw(st.sampled_from(("inbound", "outbound"))),
            sender=draw(st.sampled_from((None, "bot", "system", "user"))),
            text=draw(texts),
            who=who,
            created_at=draw(times),
            more={} if draw(maybe) else {"created_at": None},
        )
    else:
        event = draw(st.sampled_from(("created", "resolved", "closed")))
        more: Tree = {} if draw(maybe) else {f"{event}_at": iso(draw(times))}
        if draw(maybe):
            more["status"] = None
        body = varda.conversation(
            event,
            7,
            at,
            status=draw(words),
            who=who,
            created_at=draw(times),
            attribution=attribution,
            more=more,
        )
    return _webhook("varda", "conversation/7", body["event"], body, at)


@st.composite
def varda_messages(draw: st.DrawFn) -> Webhook:
    """Messages alone, at two times: replies at the very time of the question."""
    at = NOW + draw(st.integers(0, 1)) * SECOND
    direction = draw(st.sampled_from(("inbound", "outbound")))
    body = varda.message(7, draw(numbers), at, direction=direction, text=draw(texts))
    return _webhook("varda", "conversation/7", body["event"], body, at)


@st.composite
def varda_call(draw: st.DrawFn) -> Webhook:
    at, who = draw(times), draw(people())
    if draw(maybe):
        kind = draw(st.sampled_from(("booked", "quoted", "spam")))
        notes = draw(st.sampled_from((None, "fine", "n" * 2_000)))
        value = draw(st.none() | numbers)
        body = varda.outcome(7, draw(numbers), at, type=kind, notes=notes, revenue_cents=value)
    else:
        body = varda.call(
            draw(st.sampled_from(("started", "ended"))),
            7,
            at,
            started_at=draw(times),
            answered_at=draw(st.none() | times),
            who=who,
        )
    return _webhook("varda", "call/7", body["event"], body, at)


@st.composite
def varda_contact(draw: st.DrawFn) -> Webhook:
    at, who = draw(times), draw(people())
    more = {} if draw(maybe) else {"created_at": iso(draw(times))}
    event = draw(st.sampled_from(("created", "updated")))
    body = varda.contact(event, at, who=who, nested=draw(maybe), more=more)
    return _webhook("varda", "contact/1", body["event"], body, at)


@st.composite
def convocore_conversation(draw: st.DrawFn) -> Webhook:
    at, what = draw(times), draw(st.sampled_from(("message", "form", "bug", "delegated")))
    channel = draw(st.sampled_from(("whatsapp", "web-chat", "gb-chat")))
    if what == "message":
        sender = draw(st.sampled_from((None, "ann", "+447911000001")))
        body = convocore.message("c", at, text=draw(texts), channel=channel, sender=sender)
    elif what == "form":
        body = convocore.form("c", at, channel=channel)
    elif what == "bug":
        body = convocore.bug("c", at, text=draw(texts))
    else:
        body = convocore.delegated("c", at, to=draw(agents()), who=draw(people()))
    return _webhook("convocore", "conversation/c", body["type"], body, at)


@st.composite
def convocore_client(draw: st.DrawFn) -> Webhook:
    at, operation = draw(times), draw(st.sampled_from(("created", "updated", "deleted")))
    body = convocore.client(operation, "c", at, who=draw(people()))
    return _webhook("convocore", "contact/c", body["type"], body, at)


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
        snapshot["meta"] = _without(snapshot["meta"], frozenset({"assignee", "team"}))
    dropped = st.sampled_from(("priority", "labels", "channel", "custom_attributes", "created_at"))
    return _without(snapshot, draw(st.frozensets(dropped))), at


@st.composite
def voxsig_conversation(draw: st.DrawFn) -> Webhook:
    snapshot, at = draw(_snapshot())
    if draw(maybe):
        places = st.sampled_from(("account", "messages", "nowhere"))
        events = ("conversation_created", "conversation_updated", "conversation_status_changed")
        others = ("conversation_resolved", "automation_event.message_created", "macro.executed")
        event = draw(st.sampled_from((*events, *others)))
        body = voxsig.conversation(event, snapshot, place=draw(places))
        return _webhook("voxsig", "conversation/1-7", event, body, at)
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
    return _webhook("voxsig", "conversation/1-7", event, body, at)


@st.composite
def voxsig_corrections(draw: st.DrawFn) -> Webhook:
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
    return _webhook("voxsig", "conversation/1-7", event, body, at)


@st.composite
def voxsig_contact(draw: st.DrawFn) -> Webhook:
    event, at = draw(st.sampled_from(("contact_created", "contact_updated"))), draw(times)
    stated = at if draw(maybe) else None
    custom = draw(st.sampled_from((None, {"plan": "gold"}, {"plan": None})))
    more = draw(st.sampled_from(({}, {"email": None}, {"identifier": None})))
    who = draw(people())
    body = voxsig.contact(event, who=who, at=stated, custom=custom, more={"id": 1, **more})
    return _webhook("voxsig", "contact/1-1", event, body, at)


SOUPS = {
    "voiso conversation": voiso_conversation(),
    "voiso call": voiso_call(),
    "varda conversation": varda_conversation(),
    "varda messages": varda_messages(),
    "varda call": varda_call(),
    "varda contact": varda_contact(),
    "convocore conversation": convocore_conversation(),
    "convocore client": convocore_client(),
    "voxsig conversation": voxsig_conversation(),
    "voxsig corrections": voxsig_corrections(),
    "voxsig contact": voxsig_contact(),
}
