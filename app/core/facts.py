"""What vendors can say about a conversation, a call or a contact, in one vocabulary.

An event decodes to one of the three classes of facts below, or to nothing (event only). Facts
are what the folds take; they know no vendor. All times are microseconds since the epoch, money
is cents, durations are milliseconds.

A name that is absent from `values` or `attributes` says nothing; None clears it (a snapshot's
explicit null). For people, UNSET says nothing and None says "nobody".
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

Value = str | int | bool | list[str] | None
MessageClass = Literal["inbound", "outbound", "automated", "note", "activity"]
Occurrence = Literal["form", "bug", "delegation"]


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an event says of a contact, assignee or agent. `id` is None where it has none."""

    id: str | None = None
    name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    handle: str | UnsetType | None = UNSET
    extension: str | UnsetType | None = UNSET


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One mention of a message.

    `at` is the time that the event states for it, None where it states none. `text` None brings
    no text. `update` is true for an event that corrects a message: between two texts of the same
    event time an update's wins.
    """

    id: str
    cls: MessageClass
    at: int | None
    content_type: str | None = None
    text: str | None = None
    update: bool = False


class Status(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A point of the status history: the vendor's word at a time; None is the event's own time."""

    word: str
    at: int | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tag on a call, by its own id."""

    id: str
    type: str | None = None
    estimated_value_cents: int | None = None
    actual_value_cents: int | None = None
    revenue_cents: int | None = None
    notes: str | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Common to the three. `at` is the event time, None where the body states none (the raw
    record's receive time stands in). `id` is the vendor's own id, where the key's id adds to it.
    `account_id` None says nothing.
    """

    at: int | None
    id: str | None = None
    account_id: str | None = None
    created_at: int | None = None
    values: dict[str, Value] = {}
    attributes: dict[str, str | None] = {}


class ConversationFacts(Facts, frozen=True, kw_only=True, gc=False):
    """`values` names: priority, channel, inbox_id, inbox_name, queue, team, labels, wrapup_code,
    disposition. `status` words resolved, closed, ended and archived have meaning to the fold
    (see `app.core.conversation`); any other word means open.
    """

    contact: Person | UnsetType | None = UNSET
    assignee: Person | UnsetType | None = UNSET
    message: Message | None = None
    status: Status | None = None
    occurrence: Occurrence | None = None


class CallFacts(Facts, frozen=True, kw_only=True, gc=False):
    """`values` names: status, disposition, wrapup_code, direction, dialer, from_number,
    to_number, queue, campaign, script, total_ms, waiting_ms, talk_ms, recording_url, cdr_url.
    """

    contact: Person | UnsetType | None = UNSET
    agent: Person | UnsetType | None = UNSET
    started_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    outcome: Outcome | None = None


class ContactFacts(Facts, frozen=True, kw_only=True, gc=False):
    """`values` names: type, name, email, phone, handle, organisation_id, organisation_name,
    deleted (bool). `oldest` facts never beat another's, whatever their time (contact_created).
    """

    oldest: bool = False
