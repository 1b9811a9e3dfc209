"""Asked of an inspector, commands say what they say of the topics."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator

import pytest

from tests.integration import local_http
from tests.integration.commands import Run, commands
from tests.integration.history_cluster import CHAT, Cluster, dead_without_a_row, time
from tests.integration.inspector_process import InspectorProcess

pytestmark = pytest.mark.long(15)


@pytest.fixture(scope="module")
def asked(told: Cluster, kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Commands that have an inspector to ask."""
    prefix = told.hookline.topics.prefix
    inspector = InspectorProcess(tmp_path_factory.mktemp("inspector"), prefix, kafka)
    try:
        inspector.wait_until_ready()
        wait_until_live(inspector.url)
        yield commands(kafka, prefix, inspector.url)
    finally:
        inspector.child.stop(6)


def wait_until_live(url: str) -> None:
    """Until it has read all rows."""
    deadline = clock.monotonic() + 30
    while local_http.get(f"{url}/api/status").json()["view"]["doing"] != "live":
        assert clock.monotonic() < deadline, "the view was not made in time"
        clock.sleep(0.05)


class TestByInspector:
    @pytest.mark.parametrize(
        "command",
        [
            ("state", "get", CHAT),
            ("state", "get", CHAT, f"--at={time(71)}"),
            ("state", "diff", CHAT, f"--from={time(20)}", f"--to={time(70)}"),
            ("timeline", CHAT),
            ("timeline", CHAT, f"--since={time(20)}", f"--until={time(70)}", "--limit=2", "--body"),
        ],
        ids=lambda command: " ".join(command[:2]),
    )
    def test_the_same(self, told: Cluster, asked: Run, command: tuple[str, ...]) -> None:
        done = asked(*command, "--json")
        assert (done.code, done.err.count("Asking the inspector at ")) == (0, 1), done.err
        assert done.json == told.run(*command, "--json").json

    def test_verify(self, told: Cluster, asked: Run) -> None:
        done, by_topics = asked("verify", CHAT, "--json"), told.run("verify", CHAT, "--json")
        assert done.code == 0, done.err
        assert done.json["findings"] == by_topics.json["findings"]
        assert done.json["rows"] == {"equal": 1}
        raw = by_topics.json["raw"]
        assert done.json["raw"] == raw | {"records": 6, "dead": 0}, "those that its row names"
        assert "6 raw records were read." in asked("verify", CHAT).out
        none = asked("verify", "voxsig/conversation/1-99")
        assert (none.code, "no raw record that would make one" in none.err) == (1, True)

    def test_what_it_does_not_have(self, told: Cluster, asked: Run) -> None:
        missing = "voxsig/conversation/1-99"
        for command in (("state", "get", missing), ("state", "get", CHAT, f"--at={time(0)}")):
            done = asked(*command)
            assert (done.code, done.out) == (1, "")
            assert "There " in done.err
        key = dead_without_a_row(told.hookline)
        letter = asked("timeline", key)
        assert (letter.code, "1 dead letter" in letter.out) == (0, True)
        assert "reading the topics, for dead letters" in letter.err

    def test_it_is_not_asked_where_the_topics_are_to_be_read(self, asked: Run) -> None:
        assert asked("timeline", CHAT, "--from-topics").err == ""

    def test_one_of_another_installation(self, asked: Run) -> None:
        done = asked("timeline", CHAT, "--prefix", "other.")
        assert done.code == 2
        assert "is of another installation (prefix " in done.err
