"""Soups of Varda's payloads."""

from __future__ import annotations

from hypothesis import strategies as st

from app.simulate.payloads import varda
from app.simulate.spelling import SECOND, iso
from app.simulate.webhook import Webhook
from tests.property.histories import NOW
from tests.property.soups.ingredients import (
    Tree,
    maybe,
    numbers,
    people,
    texts,
    times,
    webhook_of,
    words,
)


@st.composite
def conversation(draw: st.DrawFn) -> Webhook:
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
    return webhook_of("varda", "conversation/7", body["event"], body, at)


@st.composite
def messages(draw: st.DrawFn) -> Webhook:
    """Messages alone, at two times: replies at the very time of the question."""
    at = NOW + draw(st.integers(0, 1)) * SECOND
    direction = draw(st.sampled_from(("inbound", "outbound")))
    body = varda.message(7, draw(numbers), at, direction=direction, text=draw(texts))
    return webhook_of("varda", "conversation/7", body["event"], body, at)


@st.composite
def call(draw: st.DrawFn) -> Webhook:
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
    return webhook_of("varda", "call/7", body["event"], body, at)


@st.composite
def contact(draw: st.DrawFn) -> Webhook:
    at, who = draw(times), draw(people())
    more = {} if draw(maybe) else {"created_at": iso(draw(times))}
    event = draw(st.sampled_from(("created", "updated")))
    body = varda.contact(event, at, who=who, nested=draw(maybe), more=more)
    return webhook_of("varda", "contact/1", body["event"], body, at)
