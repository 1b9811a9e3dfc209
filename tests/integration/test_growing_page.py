"""docs/growing.md, step by step, with real processes: an installation moves while webhooks come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.kafka.topics import Topics
from tests.integration.commands import Done, commands
from tests.integration.endpoint_process import (
    BOTS_SECRET,
    INBOX_SECRET,
    PHONES_SECRET,
    SECRET,
    EndpointProcess,
    call_ended,
    signed,
)
from tests.integration.grown import by_key, letters, read, read_rows, until_projected
from tests.integration.inspector_process import InspectorProcess
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS
from tests.unit.docs.pages import page

pytestmark = pytest.mark.long(50)

WIDE = 7
ORDER = ("late", "duplicates", "partition", "offset")
NOBODY = "127.0.0.1:1"


class Page:
    """Its commands, in their order; `wide.` and 64 become what the test has."""

    def __init__(self, kafka: str, topics: Topics) -> None:
        self.wide = Topics(f"{topics.prefix}wide.")
        self._left = re.findall(r"^hookline (.*)$", page("growing.md"), re.MULTILINE)
        self._run = commands(kafka, topics.prefix)

    def run(self, command: str, *more: str) -> Done:
        """The next one, which is this, and more that holds only here."""
        self.next(command)
        said = command.replace("wide.", self.wide.prefix).replace(" 64", f" {WIDE}")
        done = self._run(*said.split(), *more)
        assert done.code == 0, done.err
        return done

    def next(self, command: str) -> None:
        assert self._left.pop(0) == command

    def ends(self) -> None:
        assert self._left == []


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in (
        ("SHOP_SECRET", SECRET),
        ("PHONES_SECRET", PHONES_SECRET),
        ("BOTS_SECRET", BOTS_SECRET),
        ("INBOX_SECRET", INBOX_SECRET),
    ):
        monkeypatch.setenv(name, secret)


@contextmanager
def endpoint(
    folder: Path, kafka: str, topics: Topics, partitions: int
) -> Iterator[EndpointProcess]:
    process = EndpointProcess(folder, kafka, topics.prefix, partitions)
    process.wait_until_it_takes_webhooks()
    yield process
    process.child.ask_to_stop()
    assert process.child.wait(20) and process.child.exit_code() == 0, process.written()


def test_its_steps_move_an_installation(
    kafka: str, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, wide = Page(kafka, topics), Topics(f"{topics.prefix}wide.")
    run = commands(kafka, topics.prefix)
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(tmp_path))

    def simulate(to: EndpointProcess, seed: int) -> None:
        options = ("--count", "150", "--rate", "0", "--seed", str(seed), "--json")
        done = run("simulate", "--url", to.url, "--config", str(to.config), *options)
        assert done.code == 0, done.err

    old_worker = WorkerProcess(tmp_path, kafka, topics.prefix, PARTITIONS, "old")
    with endpoint(tmp_path, kafka, topics, PARTITIONS) as old:
        simulate(old, 1)
        steps.run("topics apply --prefix wide. --partitions 64", "--replication", "1")
        steps.run("replay copy --to-prefix wide.")
        steps.next("worker --prefix wide. --partitions 64")
        worker = WorkerProcess(tmp_path, kafka, wide.prefix, WIDE, "new")
        steps.next("inspector --prefix wide.")
        inspector = InspectorProcess(tmp_path, wide.prefix, kafka)
        until_projected(kafka, wide, WIDE, worker)
        simulate(old, 2)
        steps.run("replay copy --to-prefix wide.")
        simulate(old, 3)
    assert "is empty" in steps.run("spool status").err

    # One of the endpoints was cut off from Kafka, and its spool is not.
    with endpoint(tmp_path, NOBODY, topics, PARTITIONS) as cut_off:
        body = call_ended("spooled")
        answer = httpx.post(f"{cut_off.url}/webhooks/shop", content=body, headers=signed(body))
        assert answer.status_code == 202, answer.text
    steps.next("endpoint --prefix wide. --partitions 64")
    with endpoint(tmp_path, kafka, wide, WIDE) as new:
        new.wait_until_ready()
        simulate(new, 4)
        assert run("spool", "status", "--json").json["entries"] == 1
        with endpoint(tmp_path, kafka, topics, PARTITIONS) as once_more:
            once_more.wait_until_ready()
            once_more.wait_until_drained()
        assert run("spool", "status", "--json").json["entries"] == 0
        steps.run("replay copy --to-prefix wide.")
        assert run("replay", "copy", "--to-prefix", wide.prefix).out.startswith("0 records copied")
    until_projected(kafka, topics, PARTITIONS, old_worker)
    until_projected(kafka, wide, WIDE, worker)
    steps.run("verify --all --prefix wide.")
    steps.ends()

    nothing_is_lost(kafka, topics, wide)
    inspector.wait_until_ready()
    for process in (old_worker.child, worker.child, inspector.child):
        process.ask_to_stop()
        assert process.wait(20) and process.exit_code() == 0


def nothing_is_lost(kafka: str, old: Topics, new: Topics) -> None:
    """What came in the old way is in the new rows, too, and what was spooled."""
    assert b"shop/call/spooled" in by_key(read(kafka, new.raw))
    before, after = read_rows(kafka, old, *ORDER), read_rows(kafka, new, *ORDER)
    assert len(after) > len(before) > 50
    assert {key: after[key] for key in before} == before
    there = {one.id for one in letters(kafka, new).open}
    assert {one.id for one in letters(kafka, old).open} <= there
