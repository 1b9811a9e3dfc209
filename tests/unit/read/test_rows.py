"""Given state topics, then rows."""

from __future__ import annotations

import pytest

from app.core.conversation import Conversation
from app.core.webhook import NotARawRecord
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.record import Headers, Record
from app.read import newest as newest_module
from app.read.newest import newest
from app.read.raw_record import raw_record
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation
from tests.unit.read.memory_log import MemoryLog

KEY = "varda/conversation/7"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


@pytest.fixture
def hookline() -> Installation:
    hookline = Installation()
    for n in range(3):
        hookline.receive(varda.message(7, n, at(n)))
        hookline.receive(varda.message(8, n, at(n)))
        hookline.work()
    return hookline


def test_the_newest_row_of_a_key(hookline: Installation) -> None:
    found = hookline.rows.newest("conversation", KEY)
    assert found is not None
    assert found.row.events == 3
    assert found.partition == hookline.rows.partition(KEY) == hookline.log.partition_of(KEY)


def test_no_row(hookline: Installation) -> None:
    assert hookline.rows.newest("conversation", "varda/conversation/99") is None
    assert hookline.rows.newest("call", "varda/call/7") is None


def test_a_tombstone_is_no_row(hookline: Installation) -> None:
    hookline.overwrite("conversation", KEY, None)
    assert hookline.rows.newest("conversation", KEY) is None
    assert {found.key for found in hookline.rows.all("conversation")} == {"varda/conversation/8"}


def test_all_rows_each_as_it_is_now(hookline: Installation) -> None:
    rows = list(hookline.rows.all("conversation"))
    assert sorted(found.key for found in rows) == ["varda/conversation/7", "varda/conversation/8"]
    assert {found.row.events for found in rows} == {3}


def test_a_row_whose_key_is_no_text_is_left_out(hookline: Installation) -> None:
    value = hookline.codecs["conversation"].dumps(hookline.row("conversation", KEY))
    topic = hookline.topics.state_conversations
    offset = hookline.log.append(topic, 0, b"varda/conversation/\xff", value)
    assert len(list(hookline.rows.all("conversation"))) == 2
    assert hookline.rows.unreadable == [f"{topic} 0:{offset}"]


def test_what_cannot_be_read_is_said_for_one_and_left_out_of_many(hookline: Installation) -> None:
    number = hookline.log.partition_of(KEY)
    hookline.log.append(hookline.topics.state_conversations, number, KEY.encode(), b"nonsense")
    with pytest.raises(UserError, match=KEY):
        hookline.rows.newest("conversation", KEY)
    assert [found.key for found in hookline.rows.all("conversation")] == ["varda/conversation/8"]
    assert len(hookline.rows.unreadable) == 1


class TestLookingFromTheEnd:
    @pytest.fixture
    def log(self, monkeypatch: pytest.MonkeyPatch) -> MemoryLog:
        monkeypatch.setattr(newest_module, "FIRST_WINDOW", 2)
        log = MemoryLog(1)
        for n in range(40):
            log.append("rows", 0, b"odd" if n % 2 else b"even", b"%d" % n)
        log.append("rows", 0, b"new", b"40")
        return log

    @pytest.mark.parametrize(("key", "value"), [(b"new", b"40"), (b"odd", b"39"), (b"even", b"38")])
    def test_the_newest_is_found(self, log: MemoryLog, key: bytes, value: bytes) -> None:
        assert newest(log, "rows", 0, [key])[key].value == value

    def test_before_an_offset(self, log: MemoryLog) -> None:
        assert newest(log, "rows", 0, [b"odd"], before=10)[b"odd"].value == b"9"

    def test_a_key_that_is_not_there_is_looked_for_to_the_beginning(self, log: MemoryLog) -> None:
        told: list[tuple[int, int]] = []
        tell: Progress = lambda done, total: told.append((done, total))  # noqa: E731
        assert newest(log, "rows", 0, [b"none"], tell) == {}
        assert told[-1] == (41, 41)

    def test_what_compaction_left(self, log: MemoryLog) -> None:
        for offset in range(2, 40):
            log.drop("rows", 0, offset)
        assert newest(log, "rows", 0, [b"even", b"odd"])[b"even"].value == b"0"


class TestJson:
    def test_avro_names_and_iso_times(self, hookline: Installation) -> None:
        found = hookline.rows.newest("conversation", KEY)
        assert found is not None
        shown = hookline.rows.json.of("conversation", found.row)
        assert list(shown)[:3] == ["source", "vendor", "account_id"]
        assert shown["first_message_at"] == "2026-06-01T12:00:00.000000Z"
        assert shown["messages"] == {
            "inbound": 3,
            "outbound": 0,
            "automated": 0,
            "notes": 0,
            "activity": 0,
        }
        contact = shown["contact"]
        assert isinstance(contact, dict)
        assert list(contact) == ["id", "name", "email", "phone", "handle"]
        last = shown["last_message"]
        assert isinstance(last, dict) and last["at"] == "2026-06-01T12:00:02.000000Z"

    def test_ledger_and_fold_only_if_asked_for(self, hookline: Installation) -> None:
        found = hookline.rows.newest("conversation", KEY)
        assert found is not None and isinstance(found.row, Conversation)
        json = hookline.rows.json
        assert not {"ledger", "fold"} & json.of("conversation", found.row).keys()
        shown = json.of("conversation", found.row, internals=True)
        assert isinstance(shown["ledger"], list) and len(shown["ledger"]) == 3
        assert isinstance(shown["fold"], dict) and shown["fold"]["moved"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("ce_id", None)],
        [
            ("ce_id", b"0" * 32),
            ("ce_source", b"shop"),
            ("ce_type", b"varda.x"),
            ("ce_time", b"now"),
        ],
    ],
)
def test_a_record_that_no_endpoint_wrote(headers: Headers) -> None:
    with pytest.raises(NotARawRecord):
        raw_record(Record("raw", 0, 0, b"shop/call/1", b"{}", headers, 0))
