"""Convocore: `{type, payload}`, the secret in the payload, no id of a message or a delivery."""

from __future__ import annotations

from typing import Any, Literal

from app.simulate.cast import JANE, MARY, Agent, Customer
from app.simulate.spelling import epoch_ms

Tree = dict[str, Any]

BOT = {"agentId": "agent_123456", "agentName": "Customer Support Bot"}


def _event(type: str, at: int, payload: Tree, more: Tree | None) -> Tree:
    closing = {"createdAt": epoch_ms(at), "workspaceSecret": "***"}
    return {"type": type, "payload": payload | closing | (more or {})}


def message(
    convo_id: str,
    at: int,
    *,
    text: str = "Hello, I need help with my order",
    channel: str = "whatsapp",
    sender: str | None = JANE.phone,
    more: Tree | None = None,
) -> Tree:
    """message_received."""
    payload: Tree = BOT | {
        "convoId": convo_id,
        "messageContent": text,
        "channel": channel,
        "messageType": "text",
    }
    if sender is not None:
        payload["from"] = sender
    return _event("message_received", at, payload, more)


def delegated(
    convo_id: str,
    at: int,
    *,
    to: Agent = MARY,
    who: Customer = JANE,
    channel: str = "web-chat",
    more: Tree | None = None,
) -> Tree:
    """chat_delegated."""
    payload: Tree = BOT | {
        "convoId": convo_id,
        "assignedToUserId": f"user_{to.id}",
        "assignedToUserName": to.name,
        "assignedToUserEmail": to.email,
        "delegatedByUserId": "user_111222",
        "delegatedByUserName": "Manager",
        "customerName": who.name,
        "customerEmail": who.email,
        "customerPhone": who.phone,
        "channel": channel,
        "operation": "delegated",
    }
    return _event("chat_delegated", at, payload, more)


def form(
    convo_id: str,
    at: int,
    *,
    data: Tree | None = None,
    channel: str = "webchat",
    more: Tree | None = None,
) -> Tree:
    """form_submitted."""
    payload: Tree = BOT | {
        "convoId": convo_id,
        "formType": "ui_engine_form",
        "formData": data or {"name": JANE.name, "message": "I need help with my order"},
        "channel": channel,
    }
    return _event("form_submitted", at, payload, more)


def bug(
    convo_id: str,
    at: int,
    *,
    text: str = "The bot is not responding",
    channel: str = "webchat",
    more: Tree | None = None,
) -> Tree:
    """bug_reported."""
    payload: Tree = BOT | {
        "convoId": convo_id,
        "bugDescription": text,
        "imageUrl": "https://cdn.example.com/bugs/1.png",
        "reportedByUserId": "user_345678",
        "reportedByUserName": "John Doe",
        "channel": channel,
        "operation": "reported",
    }
    return _event("bug_reported", at, payload, more)


def lead(
    at: int,
    *,
    name: str | None = JANE.name,
    email: str | None = JANE.email,
    phone: str | None = JANE.phone,
    channel: str = "web-chat",
    more: Tree | None = None,
) -> Tree:
    """lead_captured."""
    said = {"leadName": name, "leadEmail": email, "leadPhone": phone}
    payload: Tree = BOT | {k: v for k, v in said.items() if v is not None}
    return _event(
        "lead_captured", at, payload | {"channel": channel, "operation": "captured"}, more
    )


def client(
    operation: Literal["created", "updated", "deleted"],
    client_id: str,
    at: int,
    *,
    who: Customer = JANE,
    organisation: str = "Acme Corporation",
    more: Tree | None = None,
) -> Tree:
    """client_created, _updated, _deleted."""
    payload: Tree = {
        "organisationId": "org_345678",
        "organisationName": organisation,
        "clientId": client_id,
        "clientName": who.name,
        "clientEmail": who.email,
        "operation": operation,
    }
    return _event(f"client_{operation}", at, payload, more)


def agent(
    operation: Literal["created", "updated", "deleted"],
    agent_id: str,
    at: int,
    *,
    name: str = "Support Bot",
    platform: str = "vg",
    more: Tree | None = None,
) -> Tree:
    """agent_created, _updated, _deleted."""
    payload: Tree = {"agentId": agent_id, "agentName": name, "agentPlatform": platform}
    return _event(f"agent_{operation}", at, payload | {"operation": operation}, more)


def organisation(
    operation: Literal["created", "updated", "deleted"],
    organisation_id: str,
    at: int,
    *,
    name: str = "Acme Corporation",
    more: Tree | None = None,
) -> Tree:
    """organisation_created, _updated, _deleted."""
    payload: Tree = {"organisationId": organisation_id, "organisationName": name}
    return _event(f"organisation_{operation}", at, payload | {"operation": operation}, more)


def test(at: int, *, text: str = "This is a test event", more: Tree | None = None) -> Tree:
    """webhook_test."""
    return _event("webhook_test", at, {"message": text}, more)
