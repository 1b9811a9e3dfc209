"""Voxsig: `event` beside the attributes of its object, signed by a header or not at all."""

# ruff: noqa: PLR0913  (a builder names every field that a test may want to set)

from __future__ import annotations

from typing import Any, Literal

from app.simulate.cast import JANE, MARY, Agent, Customer
from app.simulate.spelling import iso, js_date, unix

Tree = dict[str, Any]
Id = int | str
MessageType = Literal["incoming", "outgoing", "template", "activity"]
# Where a body says the account: a conversation's by its messages, or nowhere.
AccountPlace = Literal["account", "messages", "conversation", "nowhere"]

ACCOUNT = 1
INBOX: Tree = {"id": 3, "name": "Acme Support"}
BOT: Tree = {"id": 9, "name": "Helper", "type": "agent_bot"}


def customer(who: Customer) -> Tree:
    """A contact inside `meta`: its `pubsub_token` is a credential."""
    return {
        "additional_attributes": {},
        "custom_attributes": {},
        "email": who.email,
        "id": who.id,
        "identifier": who.handle,
        "name": who.name,
        "phone_number": who.phone,
        "pubsub_token": f"PUBSUB{who.id:018d}",
        "thumbnail": "",
        "type": "contact",
    }


def user(by: Agent) -> Tree:
    return {"id": by.id, "name": by.name, "email": by.email, "type": "user"}


def snapshot(
    id: int,
    at: int,
    *,
    status: str = "open",
    who: Customer = JANE,
    by: Agent | None = None,
    labels: list[str] | None = None,
    priority: str | None = None,
    channel: str = "Channel::WebWidget",
    created_at: int | None = None,
    custom: Tree | None = None,
    inner_messages: list[Tree] | None = None,
    inbox_id: int = INBOX["id"],
) -> Tree:
    """A conversation's attributes. `at` is `updated_at` (unix seconds with a fraction) and, in
    whole seconds, `timestamp` and `last_activity_at`.
    """
    return {
        "additional_attributes": {
            "browser": {"browser_name": "Chrome", "platform_name": "macOS"},
            "initiated_at": {"timestamp": js_date(at)},
        },
        "can_reply": True,
        "channel": channel,
        "contact_inbox": {"id": 12, "contact_id": who.id, "inbox_id": inbox_id},
        "created_at": unix(at if created_at is None else created_at),
        "custom_attributes": custom or {},
        "id": id,
        "inbox_id": inbox_id,
        "labels": labels or [],
        "last_activity_at": unix(at),
        "messages": inner_messages or [],
        "meta": {
            "sender": customer(who),
            "assignee": None if by is None else user(by),
            "team": None,
            "hmac_verified": False,
        },
        "priority": priority,
        "status": status,
        "timestamp": unix(at),
        "unread_count": 0,
        "updated_at": at / 1_000_000,
    }


def inner_message(id: int, conversation_id: int, account: Id = ACCOUNT) -> Tree:
    """A message inside a conversation's `messages`, whose facts are never read."""
    return {
        "id": id,
        "content": "Get notified by email",
        "account_id": account,
        "inbox_id": INBOX["id"],
        "conversation_id": conversation_id,
        "message_type": 3,
        "created_at": 1_627_063_369,
        "private": False,
        "content_type": "input_email",
        "sender_type": None,
        "sender_id": None,
    }


def conversation(
    event: str,
    snapshot: Tree,
    *,
    account: Id = ACCOUNT,
    place: AccountPlace = "account",
    changed: list[Tree] | None = None,
    more: Tree | None = None,
) -> Tree:
    """conversation_created, _updated, _status_changed, _opened, _resolved,
    automation_event.* and macro.executed. `place` nowhere leaves the account to the
    configuration.
    """
    body = dict(snapshot)
    if event in ("conversation_updated", "conversation_status_changed"):
        body["changed_attributes"] = changed
    if place == "account":
        body["account"] = {"id": account, "name": "Acme Inc"}
    elif place == "messages":
        body["messages"] = [inner_message(120, int(snapshot["id"]), account)]
    return body | {"event": event} | (more or {})


def changed(**attributes: tuple[object, object]) -> list[Tree]:
    """`changed_attributes`: name=(before, after), a list of one-key objects."""
    return [
        {name: {"previous_value": before, "current_value": after}}
        for name, (before, after) in attributes.items()
    ]


def message(
    event: Literal["message_created", "message_updated"],
    conversation: Tree,
    id: int,
    created_at: int | None,
    *,
    type: MessageType | int = "incoming",
    text: str | None = "hi",
    private: bool = False,
    content_type: str = "text",
    sender: Tree | None = None,
    account: Id = ACCOUNT,
    place: AccountPlace = "account",
    updated_at: int | None = None,
    more: Tree | None = None,
) -> Tree:
    """message_created, message_updated; `conversation` is the enclosed snapshot."""
    body: Tree = {
        "id": id,
        "content": text,
        "message_type": type,
        "content_type": content_type,
        "private": private,
        "content_attributes": {},
        "source_id": None,
        "sender": sender,
        "inbox": INBOX,
        "conversation": conversation,
    }
    if created_at is not None:
        body["created_at"] = iso(created_at)
    if updated_at is not None:
        body["updated_at"] = iso(updated_at)
    if place == "account":
        body["account"] = {"id": account, "name": "Acme Inc"}
    elif place == "conversation":
        body["conversation"] = conversation | {"account": {"id": account}}
    return body | {"event": event} | (more or {})


def typing(
    event: Literal["conversation_typing_on", "conversation_typing_off"],
    conversation: Tree,
    *,
    by: Agent = MARY,
    account: Id = ACCOUNT,
    more: Tree | None = None,
) -> Tree:
    """conversation_typing_on, _off."""
    return {
        "event": event,
        "user": user(by),
        "conversation": conversation,
        "is_private": False,
        "account": {"id": account, "name": "Acme Inc"},
    } | (more or {})


def contact(
    event: Literal["contact_created", "contact_updated"],
    *,
    who: Customer = JANE,
    at: int | None = None,
    account: Id = ACCOUNT,
    custom: Tree | None = None,
    more: Tree | None = None,
) -> Tree:
    """contact_created, contact_updated; `at` is the update's time in `changed_attributes`."""
    body = customer(who) | {
        "custom_attributes": custom or {},
        "account": {"id": account, "name": "Acme Inc"},
        "event": event,
    }
    if event == "contact_updated":
        body["changed_attributes"] = [] if at is None else changed(updated_at=(None, iso(at)))
    return body | (more or {})


def webwidget_triggered(
    contact_inbox_id: int, at: int, *, who: Customer = JANE, account: Id = ACCOUNT
) -> Tree:
    """webwidget_triggered: its `id` is the contact-inbox's, not the contact's."""
    return {
        "id": contact_inbox_id,
        "contact": {"id": who.id, "name": who.name, "avatar": "", "type": "contact"},
        "inbox": INBOX,
        "account": {"id": account, "name": "Acme Inc"},
        "current_conversation": None,
        "source_id": f"405f1d30-{who.id}",
        "event": "webwidget_triggered",
        "event_info": {
            "initiated_at": {"timestamp": js_date(at)},
            "referer": "https://example.com/pricing",
            "widget_language": "en",
            "browser_language": "en",
            "browser": {"browser_name": "Chrome", "platform_name": "macOS"},
        },
    }


def inbox(
    event: Literal["inbox_created", "inbox_updated"],
    id: int,
    *,
    name: str = "Acme Support",
    account: Id = ACCOUNT,
) -> Tree:
    """inbox_created, inbox_updated."""
    return {"id": id, "name": name, "account": {"id": account}, "event": event}
