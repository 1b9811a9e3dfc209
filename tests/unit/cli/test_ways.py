"""Whom a command asks, what it makes of the answers, and what it says of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.cli.ways.by_inspector import ByInspector
from app.cli.ways.choose import find_inspector
from app.cli.ways.way import NotKept
from app.core.webhook import iso
from app.errors import UserError
from app.history.forms import page_json
from app.history.page import page
from app.read.waiting import Waiting, waiting_json
from app.replay.forms import checked_json
from app.replay.verify import Verification
from app.settings import Settings, load_settings
from app.simulate.payloads import varda
from tests.unit.cli.answering import Answering, answering
from tests.unit.history.telling import CHAT, at, history
from tests.unit.read.installation import Installation, catalogue, row_json

ROW = "/api/conversations/varda/7"
LIVE = {"topic_prefix": "", "bootstrap": "127.0.0.1:9092", "view": {"doing": "live", "age_s": 0.1}}


@pytest.fixture
def hookline() -> Installation:
    """Ten messages, received a second after one another from 12:00:01 on."""
    hookline = Installation(partitions=1)
    for n in range(10):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    return hookline


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def asking(one: Answering, token: str | None = None) -> ByInspector:
    return ByInspector(one.url, token, row_json())


def settings(one: Answering | None = None, **given: Any) -> Settings:
    """As if it listened where the settings of this machine put it."""
    port = 1 if one is None else int(one.url.rpartition(":")[2])
    return load_settings(inspector_port=port, **given)


class TestAnswers:
    def test_a_row(self, hookline: Installation) -> None:
        row = hookline.row("conversation", CHAT)
        said = {"key": CHAT, "kind": "conversation", **row_json().of("conversation", row)}
        written = {"written_at": iso(at(60)), "dead_letters": 2}
        with answering({ROW: (200, plain(said | written))}) as one:
            told = asking(one).row("conversation", CHAT)
        assert told is not None
        assert told.json == said
        assert told.written_at == at(60)
        assert row_json().of("conversation", told.row) == row_json().of("conversation", row)

    def test_a_row_as_of_a_time(self, hookline: Installation) -> None:
        row = history(hookline).row_at(at(3))
        assert row is not None
        said = row_json().of("conversation", row)
        with answering({f"{ROW}?at=2026-06-01T12%3A00%3A03.000000Z": (200, plain(said))}) as one:
            told = asking(one).row_at("conversation", CHAT, at(3))
        assert told is not None
        assert (told.json["as_of"], told.json["events"]) == (iso(at(3)), 3)
        assert told.written_at is None

    def test_a_key_goes_into_the_path_whatever_it_holds(self) -> None:
        with answering({}) as one:
            assert asking(one).row("call", "a b/call/../x?y#z/1") is None
        assert one.asked == ["/api/calls/a%20b/..%2Fx%3Fy%23z%2F1"]

    def test_a_page(self, hookline: Installation) -> None:
        expected = page(history(hookline), since=at(2), until=at(9), limit=3)
        said = plain(page_json(expected, bodies=True))
        times = "since=2026-06-01T12%3A00%3A02.000000Z&until=2026-06-01T12%3A00%3A09.000000Z"
        with answering({f"{ROW}/timeline?limit=3&{times}&bodies=true": (200, said)}) as one:
            told = asking(one).page(
                "conversation", CHAT, since=at(2), until=at(9), limit=3, bodies=True
            )
        assert told == expected

    def test_what_a_newer_one_says_and_this_does_not_know(self, hookline: Installation) -> None:
        said = plain(page_json(page(history(hookline), limit=1), bodies=False))
        said["items"][0]["badges"] = ["upside_down"]
        with (
            answering({f"{ROW}/timeline?limit=1": (200, said)}) as one,
            pytest.raises(UserError, match="Use the same version"),
        ):
            asking(one).page("conversation", CHAT, since=None, until=None, limit=1, bodies=False)

    def test_a_password_in_its_address_is_not_shown(self) -> None:
        by = ByInspector("http://me:hunter2@host:8082/under/", None, row_json())
        assert by.url == "http://host:8082/under"

    def test_more_than_it_gives_at_once(self, hookline: Installation) -> None:
        told = history(hookline)
        first = plain(page_json(page(told, limit=4), bodies=True))
        second = plain(page_json(page(told, limit=4, before="6"), bodies=True))
        answers = {
            f"{ROW}/timeline?limit=500": (200, first),
            f"{ROW}/timeline?limit=500&before=6": (200, second | {"next": None}),
        }
        with answering(answers) as one:
            found = asking(one).page(
                "conversation", CHAT, since=None, until=None, limit=800, bodies=False
            )
        assert found is not None
        assert found.items == page(told, limit=8).items
        assert (found.total, found.next) == (10, None)

    def test_those_before_a_place(self, hookline: Installation) -> None:
        """Also of those that were received at the very same time."""
        expected = page(history(hookline), before="6", limit=2)
        said = plain(page_json(expected, bodies=False))
        with answering({f"{ROW}/timeline?limit=2&before=6": (200, said)}) as one:
            told = asking(one).page(
                "conversation", CHAT, since=None, until=None, before=(0, 6), limit=2, bodies=False
            )
        assert told is not None
        assert [moment.offset for moment in told.items] == [4, 5]

    def test_a_finding(self, hookline: Installation) -> None:
        row = hookline.row("conversation", CHAT)
        row.phase = "ended"
        hookline.overwrite("conversation", CHAT, row)
        check = Verification(hookline.rows, hookline.topics, catalogue())
        finding = check.quick("conversation", CHAT)
        assert finding is not None and finding.verdict == "differs"
        waiting = Waiting(webhooks=2, since=at(60))
        said = plain(checked_json(finding, check.tally) | {"waiting": waiting_json(waiting)})
        with answering({f"{ROW}/verify": (200, said)}) as one:
            assert asking(one).checked("conversation", CHAT) == (finding, check.tally, waiting)

    def test_what_waits(self) -> None:
        waiting = Waiting(webhooks=2, since=at(60))
        with answering({f"{ROW}/waiting": (200, plain(waiting_json(waiting)))}) as one:
            assert asking(one).waiting("conversation", CHAT, None) == waiting
            assert asking(one).waiting("conversation", f"{CHAT}7", None) == Waiting(), (
                "an older one"
            )

    def test_an_older_one_does_not_say_what_waits(self, hookline: Installation) -> None:
        check = Verification(hookline.rows, hookline.topics, catalogue())
        finding = check.quick("conversation", CHAT)
        assert finding is not None
        with answering({f"{ROW}/verify": (200, plain(checked_json(finding, check.tally)))}) as one:
            assert asking(one).checked("conversation", CHAT) == (finding, check.tally, Waiting())

    def test_there_is_none(self) -> None:
        with answering({}) as one:
            by = asking(one)
            assert by.row("conversation", CHAT) is None
            assert by.checked("conversation", CHAT) is None
            assert (
                by.page("conversation", CHAT, since=None, until=None, limit=1, bodies=False) is None
            )

    def test_what_it_takes_has_expired(self) -> None:
        gone = (410, {"detail": "3 of the 9 webhooks of varda/conversation/7 are gone."})
        with (
            answering({f"{ROW}?at=1970-01-01T00%3A00%3A00.000000Z": gone}) as one,
            pytest.raises(NotKept, match="3 of the 9 webhooks"),
        ):
            asking(one).row_at("conversation", CHAT, 0)

    @pytest.mark.parametrize(
        ("status", "said", "words"),
        [
            (401, {}, "HOOKLINE_TOKEN"),
            (403, "no", "HOOKLINE_TOKEN"),
            (503, {"detail": "No Kafka answers at k:9092."}, "No Kafka answers at k:9092"),
            (500, "<html>", "answers 500"),
            (200, "<html>", "answers 200"),
            (200, {"source": 7}, "cannot read"),
            (200, [], "answers 200"),
        ],
    )
    def test_what_it_cannot_answer_is_said_with_what_to_do(
        self, status: int, said: Any, words: str
    ) -> None:
        with answering({ROW: (status, said)}) as one, pytest.raises(UserError) as refused:
            asking(one, "a-token-that-nobody-sees").row("conversation", CHAT)
        assert words in str(refused.value)
        assert "--from-topics" in refused.value.remedy
        assert ".." not in refused.value.what
        assert "nobody-sees" not in str(refused.value)
        assert one.tokens == {"Bearer a-token-that-nobody-sees"}

    def test_what_it_says_is_to_be_done_is_said_as_it_says_it(self) -> None:
        silent = "No Kafka answers at k:9092, though something listens there.\nIt may be starting."
        with (
            answering({ROW: (503, {"detail": silent})}) as one,
            pytest.raises(UserError) as refused,
        ):
            asking(one).row("conversation", CHAT)
        assert refused.value.what == (
            f"The inspector at {one.url} answers 503: "
            "No Kafka answers at k:9092, though something listens there."
        )
        assert refused.value.remedy == "It may be starting.", "no topic can be read then"


class TestWhichWay:
    def say(self, capsys: pytest.CaptureFixture[str]) -> str:
        return capsys.readouterr().err

    def test_the_inspector_that_answers(self, capsys: pytest.CaptureFixture[str]) -> None:
        with answering({"/api/status": (200, LIVE)}) as one:
            found = find_inspector(settings(one, token="a-token"))
        assert found is not None and found.url == one.url
        assert one.tokens == {"Bearer a-token"}
        assert self.say(capsys) == f"Asking the inspector at {one.url}.\n"

    def test_one_that_is_behind(self, capsys: pytest.CaptureFixture[str]) -> None:
        away = LIVE | {"view": {"doing": "away", "age_s": 125.0}}
        with answering({"/api/status": (200, away)}) as one:
            assert find_inspector(settings(one)) is not None
        assert "what was written up to 2 min 5 s ago" in self.say(capsys)

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (LIVE | {"topic_prefix": "eu."}, "another installation (prefix 'eu.')"),
            (LIVE | {"bootstrap": "k:9092"}, "another installation (Kafka at k:9092)"),
            (LIVE | {"view": {"doing": "rebuilding", "progress": 0.42}}, "its view (42%)"),
        ],
    )
    def test_one_that_cannot_tell(
        self, status: Any, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with answering({"/api/status": (200, status)}) as one:
            assert find_inspector(settings(one)) is None
        assert words in (said := self.say(capsys))
        assert said.endswith(": reading the topics.\n")

    def test_one_that_is_named_may_know_kafka_by_another_address(self) -> None:
        with answering({"/api/status": (200, LIVE | {"bootstrap": "kafka:9092"})}) as one:
            assert find_inspector(settings(inspector_url=f"{one.url}/")) is not None

    def test_nobody_listens(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert find_inspector(settings()) is None
        said = "No inspector answers at http://127.0.0.1:1: reading the topics.\n"
        assert self.say(capsys) == said

    def test_something_else_listens(self, capsys: pytest.CaptureFixture[str]) -> None:
        with answering({}) as one:
            assert find_inspector(settings(one)) is None
        assert "No inspector" in self.say(capsys)

    def test_it_wants_a_token(self) -> None:
        with (
            answering({"/api/status": (401, {"detail": "no"})}) as one,
            pytest.raises(UserError, match="HOOKLINE_TOKEN"),
        ):
            find_inspector(settings(one))
