"""What a person sees of a history."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from app.cli.show.changes_told import counted, told
from app.cli.show.moments import print_page
from app.history.page import Page, page
from app.simulate.payloads import varda, voxsig
from tests.unit.history.telling import CHAT, at, died, history
from tests.unit.read.installation import Installation

WIDTHS = [80, 140]
LONG = "A very long text, " * 20


@pytest.fixture
def hookline() -> Installation:
    """Something of everything, a webhook a second from 12:00:01 on."""
    hookline = Installation(partitions=1)
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 1, at(2), text="Hello"))
    hookline.receive(varda.message(7, 2, at(1), direction="outbound", text=LONG))
    hookline.receive(varda.message(7, 1, at(2), text="Hello"))
    hookline.work()
    record = hookline.receive(varda.message(7, 3, at(3), text="Late, but here"))
    died(hookline, record)
    place = f"{record.partition}:{record.offset}"
    hookline.receive(record.body, received_at=record.received_at, redrive=place)
    hookline.receive(varda.conversation("resolved", 7, at(4)), received_at=at(3_700))
    hookline.work()
    hookline.receive(varda.message(7, 4, at(5)))
    return hookline


def seen(shown: Page, width: int, *, bodies: bool = False) -> str:
    out = StringIO()
    print_page(Console(file=out, width=width, highlight=False), shown, bodies=bodies)
    return out.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
def test_all_that_is_to_be_known_fits_in(hookline: Installation, width: int) -> None:
    shown = seen(page(history(hookline)), width)
    lines = [line.rstrip() for line in shown.splitlines()]
    assert max(map(len, lines)) <= width
    assert lines[:2] == [
        f"{CHAT}  resolved",
        "8 webhooks, 1 duplicate, 1 late, 1 dead letter, 1 redriven, 1 waiting",
    ]
    for words in (
        "12:00:01.000000Z" if width == 80 else "2026-06-01T12:00:01Z",
        "conversation.created",
        "phase: created → active",
        "inbound: Hello",
        "messages.outbound: 1",
        "schema_mismatch: expected text (at $.data.content)",
        "redriven as 0:5",
        "stands in for 0:4",
        "status: open → resolved",
        "+1 h 1 min",
        "0:7",
    ):
        assert words in shown, words
    for noise in ("offset", "updated_at", "last_message", "fold_version", "source: varda"):
        assert noise not in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_bodies(hookline: Installation, width: int) -> None:
    shown = seen(page(history(hookline), limit=1), width, bodies=True)
    for words in ("ce_type: varda.message.created", "schema version 2", '  "event": "message.c'):
        assert words in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_what_has_expired(hookline: Installation, width: int) -> None:
    hookline.log.expire(hookline.topics.raw, 0, 1)
    shown = seen(page(history(hookline)), width)
    assert "The first webhook, of 2026-06-01T12:00:00Z, expired" in shown
    hookline.log.expire(hookline.topics.raw, 0, 2)
    shown = seen(page(history(hookline)), width)
    assert "2 webhooks, the last of 2026-06-01T12:00:02Z, expired" in shown
    assert "phase" not in shown


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("text", ["\x1b]0;owned\x07\x1b[2Jgone", "[red]x[/red]", "a\u202eb\r\nc"])
def test_texts_of_customers_steer_neither_terminal_nor_markup(width: int, text: str) -> None:
    hookline = Installation()
    hookline.receive(varda.message(7, 1, at(0), text=text))
    hookline.receive(varda.conversation("created", 7, at(1), more={"tags": [text]}))
    hookline.work()
    shown = seen(page(history(hookline)), width, bodies=True)
    assert not any(one in shown for one in ("\x1b", "\x07", "\u202e", "\r"))
    if text.startswith("["):
        assert text in shown


def test_many_fields_are_cut_and_said_to_be() -> None:
    hookline = Installation()
    body = varda.conversation("created", 7, at(0))
    body["data"]["attribution"] = {f"field_{n}": f"value {n}" for n in range(30)}
    hookline.receive(body)
    hookline.work()
    shown = seen(page(history(hookline)), 80)
    assert "more: --json" in shown


class TestChanges:
    def told(self, hookline: Installation, key: str, number: int) -> list[str]:
        changes = history(hookline, key).timeline()[number].changes
        assert changes is not None
        return [line.plain for line in told(changes)]

    def test_a_message_that_is_corrected(self) -> None:
        hookline = Installation()
        snapshot = voxsig.snapshot(7, at(0))
        first = voxsig.message("message_created", snapshot, 3, at(1), text="Helo")
        second = voxsig.message(
            "message_updated", snapshot, 3, at(1), text="Hello", updated_at=at(9)
        )
        hookline.receive(first, source="voxsig")
        hookline.receive(second, source="voxsig")
        hookline.work()
        assert self.told(hookline, "voxsig/conversation/1-7", 1) == [
            "message 3, text: Helo → Hello"
        ]

    def test_a_status_of_an_earlier_time(self, hookline: Installation) -> None:
        hookline.receive(varda.conversation("created", 7, at(3)))
        hookline.work()
        assert self.told(hookline, CHAT, -1) == ["status at 2026-06-01 12:00:03Z: open"]

    def test_people_and_lists(self) -> None:
        hookline = Installation()
        open_ = voxsig.snapshot(7, at(0), labels=["vip", "billing"])
        hookline.receive(voxsig.conversation("conversation_created", open_), source="voxsig")
        hookline.work()
        lines = self.told(hookline, "voxsig/conversation/1-7", 0)
        assert "labels: vip, billing" in lines
        assert any(line.startswith("contact: 456 · Jane Doe · ") for line in lines)

    def test_lengths_and_money(self) -> None:
        hookline = Installation()
        hookline.receive(varda.call("ended", 9, at(9), started_at=at(0), answered_at=at(2)))
        hookline.receive(varda.outcome(9, 1, at(10)))
        hookline.work()
        assert "total: 9 s" in self.told(hookline, "varda/call/9", 0)
        assert any("2,500.00" in line for line in self.told(hookline, "varda/call/9", 1))

    def test_how_many_webhooks_came(self, hookline: Installation) -> None:
        changes = history(hookline).difference(at(1), at(4))
        lines = [line.plain for line in counted(changes)]
        assert lines == ["events: 1 → 3", "duplicates: 1", "late: 1"]
