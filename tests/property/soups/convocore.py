"""Soups of Convocore's payloads."""

from __future__ import annotations

from hypothesis import strategies as st

from app.simulate.payloads import convocore
from app.simulate.webhook import Webhook
from tests.property.soups.ingredients import agents, people, texts, times, webhook_of


@st.composite
def conversation(draw: st.DrawFn) -> Webhook:
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
    return webhook_of("convocore", "conversation/c", body["type"], body, at)


@st.composite
def client(draw: st.DrawFn) -> Webhook:
    at, operation = draw(times), draw(st.sampled_from(("created", "updated", "deleted")))
    body = convocore.client(operation, "c", at, who=draw(people()))
    return webhook_of("convocore", "contact/c", body["type"], body, at)
