"""Given what the topics hold, then each webhook of the key and what is to be known of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.projection import AnyRow
from app.core.webhook import RawRecord
from app.history.expired import Expired
from app.history.history import History
from app.history.moment import Change, Moment
from app.simulate.payloads import varda, voxsig
from tests.unit.history.telling import CHAT, at, died, gathered, history
from tests.unit.read.installation import RECEIVED, SECOND, Installation, row_json

BROKEN = {"content": {"no": "text"}}


@pytest.fixture
def hookline() -> Installation:
    """A conversation: a late message, one twice, one broken; and another conversation's."""
    hookline = Installation(partitions=1)
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 1, at(10)))
    hookline.receive(varda.message(8, 9, at(10)))
    hookline.receive(varda.message(7, 2, at(5), direction="outbound"))
    hookline.receive(varda.message(7, 1, at(10)))
    hookline.receive(varda.message(7, 3, at(11), more=BROKEN))
    hookline.receive(varda.conversation("resolved", 7, at(30)))
    hookline.work()
    return hookline


def badges(told: History) -> dict[int, list[str]]:
    return {moment.offset: list(moment.badges) for moment in told.timeline()}


def changed(moment: Moment) -> dict[str, Any]:
    assert moment.changes is not None
    return {change.path: change.after for change in moment.changes}


def shown(row: AnyRow | None) -> dict[str, Any]:
    assert row is not None
    return row_json().of("conversation", row, internals=True)


def test_each_webhook_and_what_it_changed(hookline: Installation) -> None:
    first, message, late, again, broken, resolved = history(hookline).timeline()
    assert changed(first)["phase"] == "created"
    assert changed(first)["contact"]["name"] == "Jane Doe"
    assert changed(message)["phase"] == "active"
    assert Change(path="messages.inbound", before=0, after=1) in (message.changes or [])
    assert changed(late)["recent_messages[]"] == ["2", "1"]
    assert changed(again) == {"duplicates": 1, "offset": 4}
    assert broken.changes == []
    assert Change(path="status", before="open", after="resolved") in (resolved.changes or [])


def test_what_is_to_be_known_of_each(hookline: Installation) -> None:
    assert badges(history(hookline)) == {
        0: [],
        1: [],
        3: ["late"],
        4: ["duplicate"],
        5: ["dead_letter"],
        6: [],
    }


def test_times_event_and_what_was_received(hookline: Installation) -> None:
    record = hookline.receive(varda.message(7, 4, at(3)), received_at=at(63))
    hookline.work()
    moment = history(hookline).timeline()[-1]
    assert (moment.raw, moment.id) == (f"0:{record.offset}", record.id)
    assert (moment.received_at, moment.event_at) == (at(63), at(3))
    assert moment.lateness == 60 * SECOND
    assert (moment.type, moment.schema_version) == ("varda.message.created", 2)
    assert moment.event is not None
    assert moment.event["timestamp"] == "2026-06-01T12:00:03.000000Z"
    assert moment.body == record.body
    assert ("ce_id", record.id.encode()) in moment.headers


def test_why_it_is_a_dead_letter(hookline: Installation) -> None:
    broken = history(hookline).timeline()[4]
    assert broken.event is None and broken.schema_version is None
    assert broken.why is not None
    assert (broken.why.reason, broken.why.path) == ("schema_mismatch", "$.data.content")
    (letter,) = hookline.log.read(hookline.topics.dead)
    assert broken.why.fingerprint == dict(letter.headers)["hookline_fingerprint"].decode()


def test_a_letter_that_is_no_longer_kept_is_told_by_what_is_wrong_today(
    hookline: Installation,
) -> None:
    why = history(hookline).timeline()[4].why
    hookline.log.expire(hookline.topics.dead, 0, 1)
    whole = history(hookline, whole=True)
    assert badges(whole)[5] == ["dead_letter"]
    assert whole.timeline()[4].why == why


def test_a_clock_that_is_broken(hookline: Installation) -> None:
    fast = varda.message(7, 4, at(3 * 86_400))
    hookline.receive(fast, received_at=at(60))
    hookline.work()
    assert badges(history(hookline))[7] == ["broken_clock"]


def test_what_the_worker_has_not_come_to(hookline: Installation) -> None:
    hookline.receive(varda.message(7, 4, at(40)))
    told = history(hookline)
    assert badges(told)[7] == ["waiting"]
    assert told.timeline()[-1].changes == []
    row = told.row_at(hookline.now)
    assert row is not None and row.offset == 6


def test_nobody_knows_how_far_the_worker_has_come(hookline: Installation) -> None:
    hookline.receive(varda.message(7, 4, at(40)))
    assert badges(gathered(hookline, None, whole=True))[7] == ["waiting"]


def test_a_row_that_was_written_before_its_offset_was_committed(hookline: Installation) -> None:
    committed = dict(hookline.projected)
    hookline.receive(varda.message(7, 4, at(40)))
    hookline.work()
    told = gathered(hookline, committed)
    assert badges(told)[7] == []
    assert changed(told.timeline()[-1])["messages.inbound"] == 2


class TestRedriven:
    """Its cause was mended since: it decodes today, and is not in the row for all that."""

    @pytest.fixture
    def letter(self, hookline: Installation) -> RawRecord:
        record = hookline.receive(varda.message(7, 4, at(40)))
        died(hookline, record)
        return record

    @pytest.fixture
    def copy(self, hookline: Installation, letter: RawRecord) -> RawRecord:
        place = f"0:{letter.offset}"
        copy = hookline.receive(letter.body, received_at=letter.received_at, redrive=place)
        hookline.work()
        return copy

    def test_until_then(self, hookline: Installation, letter: RawRecord) -> None:
        moment = history(hookline).timeline()[-1]
        assert (moment.offset, moment.badges) == (letter.offset, ["dead_letter"])
        assert moment.changes == [] and moment.event is not None
        assert moment.redriven_as is None

    def test_each_names_the_other(
        self, hookline: Installation, letter: RawRecord, copy: RawRecord
    ) -> None:
        hookline.close_letter(letter, (0, copy.offset))
        *_, dead, stand_in = history(hookline).timeline()
        assert dead.badges == ["dead_letter", "redriven"]
        assert dead.redriven_as == f"0:{copy.offset}"
        assert dead.why is not None and dead.why.reason == "schema_mismatch"
        assert stand_in.badges == ["stands_in"]
        assert stand_in.stands_in_for == f"0:{letter.offset}"
        assert changed(stand_in)["messages.inbound"] == 2

    def test_the_letter_is_no_longer_kept(
        self, hookline: Installation, letter: RawRecord, copy: RawRecord
    ) -> None:
        hookline.log.expire(hookline.topics.dead, 0, 99)
        told = history(hookline)
        assert badges(told)[letter.offset] == ["dead_letter", "redriven"]
        assert shown(told.row_at(hookline.now)) == shown(hookline.row("conversation", CHAT))


def test_one_that_the_row_ought_to_have_and_has_not(hookline: Installation) -> None:
    row = hookline.row("conversation", CHAT)
    record = hookline.receive(varda.message(7, 4, at(40)))
    hookline.receive(varda.message(8, 10, at(41)))
    hookline.work()
    hookline.overwrite("conversation", CHAT, row)
    assert record.offset not in badges(history(hookline))
    assert badges(history(hookline, whole=True))[record.offset] == ["not_in_row"]


def test_events_that_change_no_row_are_found_by_reading_the_partition_through() -> None:
    hookline = Installation(partitions=1)
    snapshot = voxsig.snapshot(7, at(0))
    hookline.receive(voxsig.conversation("conversation_created", snapshot), source="voxsig")
    typing = voxsig.typing("conversation_typing_on", snapshot)
    record = hookline.receive(typing, source="voxsig")
    hookline.work()
    assert record.key == "voxsig/conversation/1-7"
    assert badges(history(hookline, record.key)) == {0: []}
    whole = history(hookline, record.key, whole=True)
    assert badges(whole) == {0: [], 1: ["event_only"]}
    assert whole.timeline()[1].event is not None


def test_without_a_row_the_raw_log_tells(hookline: Installation) -> None:
    before = badges(history(hookline, whole=True))
    hookline.overwrite("conversation", CHAT, None)
    told = history(hookline)
    assert told.webhooks.whole
    assert badges(told) == before
    row = told.row_at(hookline.now)
    assert row is not None and row.phase == "resolved"


def test_nothing_was_ever_received(hookline: Installation) -> None:
    told = history(hookline, "varda/call/99")
    assert (told.timeline(), told.row_at(hookline.now)) == ([], None)


def test_what_no_endpoint_wrote_is_left_out(hookline: Installation) -> None:
    hookline.log.append(hookline.topics.raw, 0, CHAT.encode(), b"{}")
    assert len(history(hookline, whole=True).timeline()) == 6


class TestExpired:
    @pytest.fixture
    def shortened(self, hookline: Installation) -> Installation:
        """Retention took the first two webhooks."""
        hookline.log.expire(hookline.topics.raw, 0, 2)
        return hookline

    def test_it_is_said_and_no_change_is_guessed(self, shortened: Installation) -> None:
        told = history(shortened)
        assert told.expired is not None
        assert (told.expired.count, told.expired.total) == (2, 5)
        assert told.expired.last_at == at(10)
        moments = told.timeline()
        assert [moment.offset for moment in moments] == [3, 4, 5, 6]
        assert [moment.changes for moment in moments] == [None, None, [], None]
        assert moments[0].event is not None

    def test_what_the_row_knows_of_each_is_still_told(self, shortened: Installation) -> None:
        assert badges(history(shortened)) == {
            3: ["late"],
            4: ["duplicate"],
            5: ["dead_letter"],
            6: [],
        }

    def test_what_the_row_was_is_refused(self, shortened: Installation) -> None:
        with pytest.raises(Expired, match="2 of the 5 webhooks of varda/conversation/7"):
            history(shortened).row_at(at(60))
        with pytest.raises(Expired):
            history(shortened).difference(at(1), at(60))

    def test_others_that_expired_do_not_matter(self) -> None:
        hookline = Installation(partitions=1)
        hookline.receive(varda.message(8, 9, at(10)))
        hookline.receive(varda.message(7, 1, at(10)))
        hookline.work()
        hookline.log.expire(hookline.topics.raw, 0, 1)
        assert history(hookline).row_at(hookline.now) is not None


class TestAsOf:
    def test_the_row_as_of_a_receive_time(self, hookline: Installation) -> None:
        told = history(hookline)
        assert told.row_at(RECEIVED) is None
        phases = [told.row_at(RECEIVED + n * SECOND) for n in range(1, 8)]
        assert [row and row.phase for row in phases] == ["created", *["active"] * 5, "resolved"]
        assert shown(told.row_at(hookline.now)) == shown(hookline.row("conversation", CHAT))

    def test_what_was_received_first_counts_wherever_it_lies(self, hookline: Installation) -> None:
        """It lay in an endpoint's spool while others were stored."""
        spooled = hookline.receive(varda.message(7, 4, at(0)), received_at=at(2))
        hookline.work()
        told = history(hookline)
        assert spooled.offset == 7
        row = told.row_at(at(2))
        assert row is not None
        assert (row.events, row.offset) == (3, 7)

    def test_two_times_compared(self, hookline: Installation) -> None:
        told = history(hookline)
        found = {one.path: (one.before, one.after) for one in told.difference(at(6), at(7))}
        assert found["phase"] == ("active", "resolved")
        assert found["offset"] == (4, 6)
        assert told.difference(at(7), at(8)) == []
        assert told.difference(at(-2), at(-1)) == []
        from_nothing = {one.path: one.before for one in told.difference(at(-1), at(1))}
        assert from_nothing["phase"] is None and from_nothing["events"] == 0


def test_a_long_conversation_with_segments_of_its_ledger() -> None:
    hookline = Installation()
    for n in range(300):
        hookline.receive(varda.message(7, n, at(n)))
        if n % 7 == 0:
            hookline.work()
    hookline.work()
    assert hookline.row("conversation", CHAT).fold.moved == 192
    told = history(hookline)
    assert len(told.timeline()) == 300
    assert shown(told.row_at(hookline.now)) == shown(hookline.row("conversation", CHAT))
    row = told.row_at(at(100))
    assert row is not None and row.events == 100
