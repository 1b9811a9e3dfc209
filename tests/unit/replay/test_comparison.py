"""Given a shadow beside live rows, then what would change if it took their place."""

from __future__ import annotations

import pytest

from app.avro.wire import head
from app.core.ledger import SIZE
from app.core.row import FOLD_VERSION
from app.errors import UserError
from app.read.compare import Difference
from app.replay.comparison import INVISIBLE, MOST, OTHERS, Compared
from app.replay.selection import Selection
from app.replay.succession import Succession
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.replay.shadows import CALL, CHAT, OTHER, Shadow, at, hookline, spoil


@pytest.fixture
def live() -> Installation:
    return hookline()


def test_a_shadow_of_the_same_rules_is_the_same(live: Installation) -> None:
    found, compared = Shadow(live).compare()
    assert {one.verdict for one in found.values()} == {"equal"}
    assert compared.rows == {"equal": 3}
    assert (compared.others, compared.fields) == (0, {})


def test_a_row_that_says_something_else_is_changed_field_by_field(live: Installation) -> None:
    shadow = Shadow(live)
    spoil(live, "conversation", CHAT, queue="wrong")
    spoil(live, "conversation", OTHER, queue="wrong", status="odd")
    found, compared = shadow.compare()
    assert found[CHAT].verdict == found[OTHER].verdict == "changed"
    assert found[CHAT].differences == [Difference(field="queue", left="wrong", right=None)]
    assert [(name, field.rows) for name, field in compared.by_rows()] == [
        ("queue", 2),
        ("status", 1),
    ]
    assert compared.others == 2


def test_elements_of_lists_are_one_field(live: Installation) -> None:
    shadow = Shadow(live)
    spoil(live, "conversation", CHAT, recent_messages=[])
    _, compared = shadow.compare()
    assert compared.fields["recent_messages[]"].rows == 1


@pytest.mark.parametrize("id", ["1", "a]b", "[x]"])
def test_whatever_an_element_is_called(live: Installation, id: str) -> None:
    succession = Succession(
        table="conversation",
        key=CHAT,
        stored=CHAT.encode(),
        verdict="changed",
        differences=[Difference(field=f"recent_messages[{id}].text", left="a", right="b")],
    )
    compared = Compared()
    compared.add(succession)
    assert list(compared.fields) == ["recent_messages[].text"]


def test_fields_are_told_apart_up_to_a_bound(live: Installation) -> None:
    """Vendors name attributes as they like."""
    compared = Compared()
    for n in range(MOST + 5):
        some = [Difference(field=f"attributes.{n}", left="a", right="b")]
        one = Succession(table="call", key=CALL, stored=b"", verdict="changed", differences=some)
        compared.add(one)
    assert len(compared.fields) == MOST + 1
    assert compared.fields[OTHERS].rows == 5


def test_what_readers_do_not_see_is_a_change_by_that_name(live: Installation) -> None:
    shadow = Shadow(live)
    ledger = live.row("conversation", CHAT).ledger
    spoil(live, "conversation", CHAT, ledger=ledger[:SIZE])
    found, compared = shadow.compare()
    assert found[CHAT].verdict == "changed"
    assert list(compared.fields) == [INVISIBLE]


def test_the_version_of_the_fold_is_a_field_that_readers_see(live: Installation) -> None:
    shadow = Shadow(live)
    spoil(live, "conversation", CHAT, fold_version=FOLD_VERSION - 1)
    assert list(shadow.compare()[1].fields) == ["fold_version"]


def test_an_older_shadow_is_folded_on_to_where_the_worker_is(live: Installation) -> None:
    shadow = Shadow(live)
    live.receive(varda.message(7, 50, at(50)))
    live.receive(varda.conversation("created", 11, at(51)))
    live.work()
    live.receive(varda.message(7, 51, at(52)))  # which the worker has not come to
    assert set(shadow.verdicts().values()) == {"equal"}
    assert "varda/conversation/11" in shadow.verdicts()


def test_what_the_worker_wrote_while_it_was_asked_is_folded_on_too(live: Installation) -> None:
    shadow = Shadow(live)
    before = dict(live.projected)
    live.receive(varda.message(7, 50, at(50)))
    live.work()
    live.projected = before
    assert shadow.verdicts()[CHAT] == "equal"


def test_of_what_the_worker_has_not_come_to_nothing_is_concluded(live: Installation) -> None:
    live.receive(varda.message(7, 50, at(50)))
    live.receive(varda.conversation("created", 11, at(51)))
    shadow = Shadow(live)
    verdicts = shadow.verdicts()
    assert verdicts[CHAT] == verdicts["varda/conversation/11"] == "ahead"
    assert verdicts[CALL] == "equal"
    live.work()
    assert set(shadow.verdicts().values()) == {"equal"}


def test_rows_that_come_and_go(live: Installation) -> None:
    shadow = Shadow(live)
    live.overwrite("call", CALL, None)
    nobody = "varda/conversation/12"
    live.overwrite("conversation", nobody, live.row("conversation", OTHER))
    verdicts = shadow.verdicts()
    assert (verdicts[CALL], verdicts[nobody]) == ("new", "gone")


class TestExpired:
    """What the raw log no longer holds, nobody can fold again."""

    def test_a_row_that_the_shadow_cannot_have_stays(self, live: Installation) -> None:
        place = live.log.partition_of(CHAT)
        live.log.expire(live.topics.raw, place, 3)
        assert Shadow(live).verdicts()[CHAT] == "kept"

    def test_so_does_one_of_which_the_shadow_has_nothing(self, live: Installation) -> None:
        place = live.log.partition_of(CHAT)
        live.log.expire(live.topics.raw, place, live.projected[place])
        assert Shadow(live).verdicts()[CHAT] == "kept"

    def test_a_shadow_that_was_made_before_knows_it(self, live: Installation) -> None:
        shadow = Shadow(live)
        spoil(live, "conversation", CHAT, queue="wrong")
        live.log.expire(live.topics.raw, live.log.partition_of(CHAT), 3)
        assert shadow.verdicts()[CHAT] == "changed"

    def test_one_that_cannot_be_read_may_hold_it(self, live: Installation) -> None:
        shadow = Shadow(live)
        place, nobody = live.log.partition_of(CHAT), b"varda/conversation/13"
        live.log.append(live.topics.state_conversations, place, nobody, b"nonsense")
        assert shadow.verdicts()[nobody.decode()] == "gone"
        live.log.expire(live.topics.raw, place, 3)
        assert shadow.verdicts()[nobody.decode()] == "kept"

    def test_one_that_was_not_folded_on_in_time_does_not(self, live: Installation) -> None:
        shadow = Shadow(live)
        live.receive(varda.message(7, 50, at(50)))
        live.work()
        place = live.log.partition_of(CHAT)
        live.log.expire(live.topics.raw, place, live.projected[place])
        assert shadow.verdicts()[CHAT] == "kept"


def test_segments_are_compared_too() -> None:
    live = hookline(messages=300)
    shadow = Shadow(live)
    assert set(shadow.verdicts().values()) == {"equal"}
    place = live.log.partition_of(CHAT)
    live.log.append(live.topics.ledger, place, f"{CHAT}#0".encode(), b"")
    found, compared = shadow.compare()
    assert found[CHAT].verdict == "changed"
    assert list(compared.fields) == [INVISIBLE]


@pytest.mark.parametrize("key", [CHAT.encode(), b"varda/conversation/\xff"])
def test_a_live_value_that_is_no_row_is_another(live: Installation, key: bytes) -> None:
    shadow = Shadow(live)
    live.log.append(live.topics.state_conversations, live.log.partition_of(CHAT), key, b"nonsense")
    found, compared = shadow.compare()
    odd = [one for one in found.values() if one.why is not None]
    assert [(one.stored, one.verdict) for one in odd] == [
        (key, "changed" if key == CHAT.encode() else "gone")
    ]
    assert compared.fields == {}


def test_live_rows_of_a_newer_fold_are_left_to_it(live: Installation) -> None:
    shadow = Shadow(live)
    spoil(live, "conversation", CHAT, fold_version=FOLD_VERSION + 1)
    with pytest.raises(UserError, match="A newer version of Hookline"):
        shadow.compare()


def test_so_are_those_of_a_schema_that_nobody_here_knows(live: Installation) -> None:
    """A newer fold mostly comes with a newer schema."""
    shadow = Shadow(live)
    value = head(1_000_099_999) + b"whatever it is"
    live.log.append(
        live.topics.state_conversations, live.log.partition_of(CHAT), CHAT.encode(), value
    )
    with pytest.raises(UserError, match=r"A newer version of Hookline.* 1000099999"):
        shadow.compare()


@pytest.mark.parametrize("value", [b"nonsense", b""])
def test_a_shadow_that_holds_what_is_no_row_is_refused(live: Installation, value: bytes) -> None:
    shadow = Shadow(live)
    place = live.log.partition_of(CHAT)
    live.log.append(shadow.topics.state_conversations, place, CHAT.encode(), value)
    with pytest.raises(UserError, match=f"Of the shadow, {CHAT} cannot be read"):
        shadow.compare()


def test_one_of_an_older_fold_is_refused(live: Installation) -> None:
    shadow = Shadow(live)
    spoil(live, "conversation", CHAT, fold_version=FOLD_VERSION - 1)
    old = live.codecs["conversation"].dumps(live.row("conversation", CHAT))
    place = live.log.partition_of(CHAT)
    live.log.append(shadow.topics.state_conversations, place, CHAT.encode(), old)
    with pytest.raises(UserError, match="was folded by version"):
        shadow.compare()


def test_only_what_the_shadow_was_made_of_is_compared(live: Installation) -> None:
    live.receive({"agentId": "a", "type": "x"}, source="convocore")
    live.work()
    shadow = Shadow(live, Selection(key=CHAT))
    spoil(live, "call", CALL, queue="wrong")
    assert shadow.verdicts() == {CHAT: "equal"}
    assert Shadow(live, Selection(sources=("convocore",))).verdicts() == {}


@pytest.mark.parametrize("part", [Selection(from_at=at(1)), Selection(to_at=at(1))])
def test_a_span_of_time_makes_parts_of_rows(live: Installation, part: Selection) -> None:
    with pytest.raises(UserError, match="they are parts"):
        Shadow(live, part).beside()
