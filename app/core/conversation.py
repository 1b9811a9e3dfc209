"""The row of a conversation, and how facts fold into it."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from app.core import facts, messages
from app.core.facts import ConversationFacts
from app.core.ledger import Entry, Ledger, kind_of, message_hash
from app.core.messages import Counts, Times
from app.core.people import Role, Shown
from app.core.recent_messages import Contents, Recent, keep_again, keep_new
from app.core.row import Fold, Row, Step, add_entry, take_common
from app.core.stamps import places, take
from app.core.statuses import Point, meaning, take_status

VALUES = (
    "priority",
    "channel",
    "inbox_id",
    "inbox_name",
    "queue",
    "team",
    "labels",
    "wrapup_code",
    "disposition",
)
PLACES = places(VALUES)
OCCURRENCES = {"form": "forms", "bug": "bugs", "delegation": "delegations"}


class ConversationFold(Fold, kw_only=True, gc=False):
    contact: Role | None = None
    assignee: Role | None = None
    times: Times = msgspec.field(default_factory=Times)
    kept: Contents = msgspec.field(default_factory=Contents)
    status_events: bytearray = msgspec.field(default_factory=bytearray)


class Conversation(Row, kw_only=True, gc=False):
    """A row of `state.conversations`, its fields as in schemas/state/conversation."""

    conversation_id: str
    phase: str = "created"
    status: str | None = None
    priority: str | None = None
    channel: str | None = None
    inbox_id: str | None = None
    inbox_name: str | None = None
    queue: str | None = None
    team: str | None = None
    contact: Shown | None = None
    assignee: Shown | None = None
    labels: list[str] | None = []
    messages: Counts = msgspec.field(default_factory=Counts)
    first_message_at: int | None = None
    last_message_at: int | None = None
    first_reply_at: int | None = None
    recent_messages: list[Recent] = []
    last_message: Recent | None = None
    status_history: list[Point] = []
    resolved_at: int | None = None
    ended_at: int | None = None
    reopened: int = 0
    wrapup_code: str | None = None
    disposition: str | None = None
    forms: int = 0
    bugs: int = 0
    delegations: int = 0
    fold: ConversationFold = msgspec.field(
        default_factory=lambda: ConversationFold(stamps=bytearray(16 * len(VALUES)))
    )


def apply(row: Conversation, ledger: Ledger, said: ConversationFacts, step: Step) -> None:
    """Take one new event into the row."""
    fold = row.fold
    take_common(row, fold, said, step)
    if said.values:
        take(row, fold.stamps, PLACES, said.values, step.by)
        row.labels = row.labels or []
    if said.contact is not UNSET:
        fold.contact = fold.contact or Role()
        row.contact = fold.contact.take(said.contact, step.by, row.contact)
    if said.assignee is not UNSET:
        fold.assignee = fold.assignee or Role()
        row.assignee = fold.assignee.take(said.assignee, step.by, row.assignee)
    if said.occurrence is not None:
        name = OCCURRENCES[said.occurrence]
        setattr(row, name, getattr(row, name) + 1)
    status, message = said.status, said.message
    if message is None:
        add_entry(ledger, step)
    else:
        _take_message(row, ledger, message, step)
    if status is not None:
        at = step.at if status.at is None else step.clocked(status.at)
        take_status(row, fold.status_events, Point(at, status.word), step.event)
    if status is not None or message is not None:
        row.phase = _phase(row)


def _take_message(row: Conversation, ledger: Ledger, message: facts.Message, step: Step) -> None:
    fold, cls = row.fold, message.cls
    hash = message_hash(message.id)
    at = 0 if message.at is None else step.clocked(message.at)
    before = ledger.mentions(hash)
    entry = (step.event, step.at, step.offset, step.partition, kind_of(cls), hash, at)
    ledger.add(*entry)
    if before:
        resolved = messages.resolve([*before, Entry(*entry)])
        if resolved != messages.resolve(before):
            messages.recount(row, fold.times, ledger)
        keep_again(row, fold.kept, message, resolved, step.by)
    else:
        messages.count(row.messages, cls, 1)
        if not messages.place(row, fold.times, cls, at):
            messages.recount(row, fold.times, ledger)
        keep_new(row, fold.kept, message, cls, at, step.by)


def _phase(row: Conversation) -> str:
    match meaning(row.status):
        case "open":
            counts = row.messages
            return "active" if counts.inbound or counts.outbound or counts.automated else "created"
        case word:
            return word
