"""What people see: safe for a terminal, whatever customers write."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import msgspec
import pytest
from rich.console import Console
from rich.text import Text

from app.cli.show.drift import drift_table
from app.cli.show.facts import Facts
from app.cli.show.findings import print_read, print_summary
from app.cli.show.letter import readable
from app.cli.show.letters import group_list
from app.cli.show.row_list import row_list
from app.cli.show.rows import phase, print_row
from app.cli.show.texts import one_line, safe
from app.cli.show.waiting import waiting_told
from app.core.projection import Table
from app.core.webhook import FORM, JSON
from app.read.dead_letters import Group
from app.read.drift import Drift
from app.read.row_filter import PHASES
from app.read.rows import Found
from app.read.waiting import Waiting
from app.replay.finding import Tally
from app.replay.forms import summary_json
from app.simulate.cast import JANE
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation

NOW = RECEIVED + 3_600 * SECOND


def seen(found: Found, *, internals: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=160, color_system="standard", force_terminal=True)
    print_row(console, found.key, found.row, NOW, written_at=found.written_at, internals=internals)
    console.print(row_list([found], NOW, console.width))
    return out.getvalue()


def row(table: Table, key: str, *bodies: object) -> Found:
    hookline = Installation()
    for body in bodies:
        hookline.receive(body)
    hookline.work()
    found = hookline.rows.newest(table, key)
    assert found is not None
    return found


def test_a_conversation() -> None:
    resolved = varda.conversation("resolved", 7, RECEIVED + 60 * SECOND)
    answer = varda.message(7, 2, RECEIVED + 90 * SECOND, direction="outbound", text="Hello Jane")
    chat = row(
        "conversation", "varda/conversation/7", varda.message(7, 1, RECEIVED), answer, resolved
    )
    shown = seen(chat, internals=True)
    for words in ("resolved", "58 min 30 s ago", "after 1 min 30 s", "Hello Jane", "3 entries"):
        assert words in shown
    assert "3 entries" not in seen(chat)


def test_a_call_and_a_contact() -> None:
    call = row(
        "call",
        "varda/call/9",
        varda.call("started", 9, RECEIVED, started_at=RECEIVED),
        varda.outcome(9, 1, RECEIVED + SECOND),
    )
    assert "estimated 2,500.00" in seen(call)
    contact = row("contact", f"varda/contact/{JANE.id}", varda.contact("created", RECEIVED))
    assert JANE.email in seen(contact)


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07\x1b[2Jgone", "[red]x[/red]", "a\u202eb\r\nc"])
def test_texts_of_customers_steer_neither_terminal_nor_markup(text: str) -> None:
    shown = seen(
        row("conversation", "varda/conversation/7", varda.message(7, 1, RECEIVED, text=text))
    )
    assert "\x1b]" not in shown and "\x1b[2J" not in shown and "\x07" not in shown
    assert "\u202e" not in shown and "\r" not in shown
    if text.startswith("["):
        assert text in shown


def test_a_line_is_one_line_and_cut() -> None:
    assert one_line("a\n\n b\tc") == "a ⏎ b c"
    assert one_line("abcdef", 4) == "abc…"
    assert safe("a\n\tb\x00") == "a\n\tb\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (b'{"a":{"b":1}}', JSON, '{\n  "a": {\n    "b": 1\n  }\n}'),
        (b'{"a":', JSON, '{"a":'),
        (b"a=1&b=%0Atwo", FORM, "a = 1\nb =  ⏎ two"),
        (rb'{"id":"\ud800x"}', JSON, '{\n  "id": "\\ud800x"\n}'),
        (rb'{"\udfff\ud83d\ude00":1}', JSON, '{\n  "\\udfff\U0001f600": 1\n}'),
        (b"\xff\x1b[2J", JSON, "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J"),
        (
            b'"' + b"x" * 30_000 + b'"',
            JSON,
            '"' + "x" * 19_999 + "\n… 10,002 characters more: --json",
        ),
    ],
)
def test_a_body(body: bytes, content_type: str, shown: str) -> None:
    assert readable(body, content_type) == shown
    assert shown.encode(), "a terminal can be told it"


@pytest.mark.parametrize("shows", [one_line, safe])
def test_half_a_character_is_shown_by_its_number(shows: Callable[[str], str]) -> None:
    assert shows("a\ud800é") == "a\\ud800é"


def test_every_phase_is_told_from_the_others_of_its_table() -> None:
    for words in PHASES.values():
        styles = [str(phase(word).style) for word in words]
        assert "" not in styles
        assert len({*styles}) == len(words)


def test_a_summary_says_what_nothing_was_concluded_from() -> None:
    tally = Tally(records=9, waiting=2, dead=3, redrivable=1, redriven=2, foreign=4)
    tally.rows.update({"equal": 5, "expired": 1})
    out = StringIO()
    print_summary(Console(file=out, width=160), tally, "state.*")
    assert out.getvalue().splitlines() == [
        "6 rows of state.*: 5 equal, 1 expired.",
        "1 expired: some of its raw records are no longer kept, so it cannot be proved.",
        "9 raw records were read.",
        "2 of them wait for the worker: nothing was concluded from them.",
        "3 are dead letters; 1 of these would decode today: `hookline dead list`.",
        "2 were dead letters and are redriven: their copies are folded.",
        "4 more were not written by an endpoint.",
    ]
    assert summary_json(tally)["right"] is True


def test_what_was_not_looked_through_is_said() -> None:
    out = StringIO()
    print_read(Console(file=out, width=160), Tally(records=4), Waiting(unsearched=80_000))
    assert out.getvalue().splitlines() == [
        "4 raw records were read.",
        "80,000 webhooks of its partition wait for the worker, too much to look through for those "
        "of one key.",
    ]


def test_what_waits_of_a_key_is_a_sentence() -> None:
    one, more = Waiting(webhooks=1, since=RECEIVED), Waiting(webhooks=1_200, since=RECEIVED)
    asks = "for the worker since 2026-06-01 12:00:00Z. Is it at work? `hookline health worker`"
    assert waiting_told(one) == f"1 webhook of it waits {asks}"
    assert waiting_told(more) == f"1,200 webhooks of it wait {asks}"
    assert waiting_told(Waiting()) is None
    assert waiting_told(Waiting(unsearched=80_000)) == (
        "80,000 webhooks of its partition wait for the worker, too much to look through for those "
        "of one key: `hookline health worker`."
    )


@pytest.mark.parametrize("width", [80, 120, 160])
def test_no_terminal_is_too_narrow_for_a_key_or_a_text(width: int) -> None:
    chat = row("conversation", "varda/conversation/7", varda.message(7, 1, RECEIVED, text="Hello"))
    letter = Group(
        fingerprint="66113d25887f2a61",
        count=14,
        reason="schema_mismatch",
        vendor="voxsig",
        event="conversation_updated",
        path="$.meta.sender",
        message="expected an object",
        sources=["voxsig"],
        first_seen=RECEIVED,
        last_seen=NOW,
        example="1:4698",
        conversations=14,
        calls=0,
    )
    console = Console(file=StringIO(), width=width)
    with console.capture() as listed:
        console.print(row_list([chat] * 3, NOW, width))
        console.print(group_list([letter], NOW, width))
    for whole in ("varda/conversation/7 ", "schema_mismatch", "1:4698", "66113d25887f2a61"):
        assert whole in listed.get()
    with console.capture() as shown:
        print_row(console, chat.key, chat.row, NOW)
    assert "inbound  Hello" in shown.get()


def listed(found: list[Found], width: int) -> str:
    out = StringIO()
    Console(file=out, width=width).print(row_list(found, NOW, width))
    return out.getvalue()


@pytest.mark.parametrize("id", ["\U0001f600" * 100, "x" * 400], ids=["emoji", "letters"])
@pytest.mark.parametrize("width", [80, 120, 200])
def test_one_very_long_key_takes_nothing_from_the_others(id: str, width: int) -> None:
    short = row("conversation", "varda/conversation/7", varda.message(7, 1, RECEIVED, text="Hello"))
    long = msgspec.structs.replace(short, key=f"varda/conversation/{id}")
    lines = listed([short, long], width).splitlines()
    for whole in ("varda/conversation/7", "active", "1 h ago", "Jane", "Hello"):
        assert any(whole in line for line in lines[:3]), whole
    assert "".join("".join(lines).split()).count(id[0]) >= len(id), "no part of it is lost"


def test_a_key_of_usual_length_is_on_one_line_beside_a_very_long_one() -> None:
    key = "voiso-production-eu/call/00015946-de30-49f5-855b-2c1f69909fd4"
    short = row("conversation", "varda/conversation/7", varda.message(7, 1, RECEIVED, text="Hello"))
    both = [msgspec.structs.replace(short, key=each) for each in (key, f"varda/call/{'x' * 400}")]
    [line] = [line for line in listed(both, 120).splitlines() if line.startswith(key)]
    assert "active" in line


def test_headers_are_seen_where_there_is_little_room() -> None:
    console = Console(file=StringIO(), width=40)
    facts = Facts(NOW)
    for name, value in (("ce_type", "varda.unknown"), ("__connect.errors.exception.message", "no")):
        facts.add(name, value)
    with console.capture() as shown:
        facts.print(console, Text("headers"))
    first = shown.get().splitlines()[1]
    assert first.split() == ["ce_type", "varda.unknown"]
    assert "no" in shown.get().split()


@pytest.mark.parametrize("name", ["[/b]", "[red]x"])
def test_what_vendors_call_their_fields_is_no_markup(name: str) -> None:
    console, facts = Console(file=StringIO(), width=120), Facts(NOW)
    facts.add(name, "a value")
    drift = Drift("varda", "call.ended", name, 1, ["string"], NOW, NOW, "1")
    with console.capture() as shown:
        facts.print(console, Text("title"))
        console.print(drift_table([drift]))
    assert shown.get().count(name) == 2
