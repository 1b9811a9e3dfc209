"""Soups of Voiso's payloads."""

from __future__ import annotations

from hypothesis import strategies as st

from app.simulate.payloads import voiso
from app.simulate.webhook import Webhook
from tests.property.soups.ingredients import (
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
def conversation(draw: st.DrawFn) -> Webhook:
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
    return webhook_of("voiso", "conversation/c", type, body, at)


@st.composite
def call(draw: st.DrawFn) -> Webhook:
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
    body = body | {"data": without(body["data"], draw(st.frozensets(dropped)))}
    type = body["event"]
    if event == "answered" and draw(maybe):
        return webhook_of("voiso", "call/c", type, voiso.query(body), at)
    return webhook_of("voiso", "call/c", type, voiso.older(body) if draw(maybe) else body, at)
