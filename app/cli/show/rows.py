"""A row for a person: what it is, who has it, when what happened."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.facts import Facts
from app.cli.show.output import WIDE
from app.cli.show.texts import one_line, said
from app.cli.show.times import MILLISECOND, ago, clock, duration, exact
from app.core.call import Call, Outcome
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.ledger import unpack
from app.core.messages import Counts
from app.core.people import Shown
from app.core.projection import AnyRow
from app.core.row import FOLD_VERSION
from app.read.row_json import entry_json

_PHASE_STYLES = {
    "created": "yellow",
    "active": "green",
    "resolved": "blue",
    "ended": "dim",
    "started": "yellow",
    "answered": "green",
    "tagged": "blue",
    "known": "green",
    "deleted": "dim",
}
STATUSES_SHOWN = 8


def print_row(
    console: Console,
    key: str,
    row: AnyRow,
    now: int,
    *,
    written_at: int | None = None,
    at: int | None = None,
    internals: bool = False,
) -> None:
    """Times in microseconds since the epoch; `at` is when the row was so, None for now."""
    facts = Facts(now)
    match row:
        case Conversation():
            _conversation(facts, row, now, wide=console.width >= WIDE)
        case Call():
            _call(facts, row)
        case Contact():
            _contact(facts, row)
    for name, value in sorted(row.attributes.items()):
        facts.add(one_line(name, 40), value)
    facts.add("webhooks", _webhooks(row))
    written = "" if written_at is None else f", row written {ago(written_at, now)}"
    facts.add("last raw record", f"{row.partition}:{row.offset}{written}")
    if row.fold_version != FOLD_VERSION:
        facts.add("fold version", f"{row.fold_version}, this program's is {FOLD_VERSION}")
    if internals:
        _internals(facts, row)
    title = said(key, "bold").append("  ").append(phase(row.phase))
    facts.print(console, title if at is None else title.append(f"  as of {exact(at)}", "cyan"))


def phase(word: str) -> Text:
    return said(word, _PHASE_STYLES.get(word, ""))


def person(who: Shown | None) -> str | None:
    """Name, then whatever else tells who it is."""
    if who is None:
        return None
    extension = f"ext. {who.extension}" if who.extension else None
    id = f"id {who.id}" if who.id else None
    parts = [who.name, who.email, who.phone, who.handle, extension, id]
    return " · ".join(filter(None, parts)) or None


def _conversation(facts: Facts, row: Conversation, now: int, *, wide: bool) -> None:
    facts.add("status", row.status, _labelled("priority", row.priority))
    facts.add("channel", row.channel, row.inbox_name, _labelled("inbox", row.inbox_id))
    facts.add("with", person(row.contact), style="bold")
    facts.add("assignee", person(row.assignee) or "nobody")
    facts.add("queue", row.queue)
    facts.add("team", row.team)
    facts.add("labels", ", ".join(row.labels or []))
    facts.add("account", row.account_id, _labelled("source", row.source), row.vendor)
    facts.time("created", row.created_at)
    facts.time("first message", row.first_message_at)
    facts.time("first reply", row.first_reply_at, _after(row.first_message_at, row.first_reply_at))
    facts.time("last message", row.last_message_at)
    facts.time("resolved", row.resolved_at)
    facts.time("ended", row.ended_at)
    facts.time("last event", row.updated_at)
    facts.add("reopened", f"{row.reopened} times" if row.reopened else None)
    facts.add("wrap-up", row.wrapup_code, row.disposition)
    facts.add("messages", *_counts(row.messages))
    if row.recent_messages:
        facts.block("recent", _messages(row, now, wide=wide))
    if row.status_history:
        facts.block("statuses", _statuses(row))
    extra = {"forms": row.forms, "bugs": row.bugs, "delegations": row.delegations}
    facts.add("also", *(f"{count} {name}" for name, count in extra.items() if count))


def _counts(counts: Counts) -> list[str]:
    by_class = {
        "inbound": counts.inbound,
        "outbound": counts.outbound,
        "automated": counts.automated,
        "notes": counts.notes,
        "activity": counts.activity,
    }
    return [f"{count} {name}" for name, count in by_class.items() if count]


def _messages(row: Conversation, now: int, *, wide: bool) -> Grid:
    """Where there is little room, the text has it, and the time stands but once."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    if wide:
        grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for message in row.recent_messages:
        style = "bold" if message.direction == "inbound" else ""
        text = message.text if message.text else f"({message.content_type or 'no text'})"
        when = [clock(message.at), ago(message.at, now)] if wide else [clock(message.at)]
        grid.add_row(*when, said(message.direction, style), said(text))
    return grid


def _statuses(row: Conversation) -> Text:
    newest = row.status_history[-STATUSES_SHOWN:]
    words = [f"{point.status} {clock(point.at)}" for point in newest]
    left = len(row.status_history) - len(newest)
    return said(" → ".join([f"({left} earlier)", *words] if left else words))


def _call(facts: Facts, row: Call) -> None:
    dialer = "by the dialer" if row.dialer else None
    facts.add("direction", row.direction, dialer)
    facts.add("from", row.from_number)
    facts.add("to", row.to_number)
    facts.add("status", row.status, row.disposition, row.wrapup_code)
    facts.add("with", person(row.contact), style="bold")
    facts.add("agent", person(row.agent))
    facts.add("queue", row.queue)
    facts.add("campaign", row.campaign, _labelled("script", row.script))
    facts.add("account", row.account_id, _labelled("source", row.source), row.vendor)
    facts.time("started", row.started_at)
    facts.time("answered", row.answered_at, _after(row.started_at, row.answered_at))
    facts.time("ended", row.ended_at)
    facts.time("tagged", row.tagged_at)
    facts.time("last event", row.updated_at)
    lengths = {"total": row.total_ms, "waiting": row.waiting_ms, "talk": row.talk_ms}
    facts.add("length", *(_length(name, ms) for name, ms in lengths.items()))
    for outcome in row.outcomes:
        facts.add("outcome", *_outcome(outcome))
    facts.add("recording", row.recording_url)
    facts.add("call record", row.cdr_url)


def _outcome(outcome: Outcome) -> list[str | None]:
    return [
        outcome.type,
        _money("estimated", outcome.estimated_value_cents),
        _money("actual", outcome.actual_value_cents),
        _money("revenue", outcome.revenue_cents),
        outcome.notes,
        clock(outcome.tagged_at),
        f"id {outcome.id}",
    ]


def _contact(facts: Facts, row: Contact) -> None:
    facts.add("type", row.type)
    facts.add("name", row.name, style="bold")
    facts.add("e-mail", row.email)
    facts.add("phone", row.phone)
    facts.add("handle", row.handle)
    organisation = _labelled("id", row.organisation_id)
    facts.add("organisation", row.organisation_name, organisation)
    facts.add("account", row.account_id, _labelled("source", row.source), row.vendor)
    facts.time("created", row.created_at)
    facts.time("last event", row.updated_at)


def _webhooks(row: AnyRow) -> str:
    counts = [f"{row.events} applied"]
    if row.duplicates:
        counts.append(f"{row.duplicates} duplicate{'s' * (row.duplicates > 1)}")
    if row.late:
        counts.append(f"{row.late} late")
    return ", ".join(counts)


def _internals(facts: Facts, row: AnyRow) -> None:
    facts.add("ledger", f"{len(list(unpack(row.ledger)))} entries here, {row.fold.moved} older")
    for entry in unpack(row.ledger):
        said_of = entry_json(entry)
        facts.add(f"  {said_of.pop('raw')}", *(f"{name} {one}" for name, one in said_of.items()))


def _labelled(label: str, value: str | None) -> str | None:
    return None if value is None else f"{label} {value}"


def _after(first: int | None, then: int | None) -> str:
    return (
        "" if first is None or then is None or then < first else f"after {duration(then - first)}"
    )


def _length(name: str, ms: int | None) -> str | None:
    return None if ms is None else f"{name} {duration(ms * MILLISECOND)}"


def _money(name: str, cents: int | None) -> str | None:
    return None if not cents else f"{name} {cents / 100:,.2f}"
