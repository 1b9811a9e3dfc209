"""What is wrong is said in two sentences: the thing, and what to do. Nothing is half-started."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare
from tests.e2e.users import Ended, run, run_each

Arguments = tuple[str, ...]
Answers = dict[Arguments, Ended]

A_KEY = "support-eu/conversation/1"
AN_ID = "0123456789abcdef0123456789abcdef"
NOWHERE = "127.0.0.1:1"

DEV: Arguments = (
    *("dev", "--kafka-port=0", "--endpoint-port=0", "--worker-port=0", "--inspector-port=0"),
)
ENDPOINT: Arguments = ("endpoint", "--port=0")
WORKER: Arguments = ("worker", "--port=0")
SIMULATE: Arguments = ("simulate", "--count=1")

READ_SOURCES = [DEV, ENDPOINT, SIMULATE]
"""Commands that read hookline.toml."""

READ_TOPICS: list[Arguments] = [
    ("state", "get", A_KEY),
    ("state", "list"),
    ("state", "watch"),
    ("state", "get", A_KEY, "--at=1h"),
    ("state", "diff", A_KEY, "--from=1h"),
    ("timeline", A_KEY),
    ("receipt", AN_ID),
    ("dead", "list"),
    ("dead", "show", "0:0"),
    ("dead", "redrive", "--all"),
    ("verify", A_KEY),
    ("verify", "--all"),
    ("replay", "--into", "again"),
    ("schemas", "drift"),
    ("export", "calls", "events", "raw", "dead", "--out=there"),
    ("sql", "from calls"),
]
"""Commands that look into Kafka and end."""

NEED_TOPICS = [ENDPOINT, WORKER, ("topics", "plan"), ("topics", "apply")]
NEED_KAFKA = [(*DEV, f"--bootstrap={NOWHERE}"), *NEED_TOPICS[1:], *READ_TOPICS]
"""Not the endpoint: it spools until there is one."""

SOURCES = """\
[[source]]
name = "support-eu"
vendor = "voxsig"
secrets = ["${OUR_SECRET}"]
account_id = "1"
"""
FOUR_FAULTS = SOURCES + 'verified = true\n\n[[source]]\nname = "b"\nvendor = "vonage"\n'
SET = {"OUR_SECRET": "of-eight-bytes"}

_MADE_BY_DEV = (".hookline/.gitignore", ".hookline/lock", ".hookline/logs/", ".hookline/secrets/")
"""What `hookline dev` makes before it looks any further: no data, no process."""


def refused(done: Ended, *words: str) -> None:
    """It said what is wrong, with these words in it, and then what to do; that is all it did."""
    assert done.code == 2, done
    assert done.out == ""
    *wrong, remedy = done.err.splitlines()
    assert wrong, done.err
    for word in words:
        assert word in "\n".join(wrong), done.err
    assert remedy.endswith("."), done.err
    assert "Traceback" not in done.err
    assert done.left == []
    assert [file for file in done.files if not file.startswith(_MADE_BY_DEV)] == []


def named(arguments: Arguments) -> str:
    return " ".join(word for word in arguments if not word.startswith("-") and "/" not in word)


def each_of(commands: Iterable[Arguments]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arguments", list(commands), ids=named)


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """Where this test writes its sources."""
    return tmp_path / "hookline.toml"


def with_sources(folder: Path, text: str | None) -> Answers:
    """What each command that reads them says to these sources, or to none."""
    toml = folder / "hookline.toml"
    if text is not None:
        toml.write_text(text)
    nobody = {"HOOKLINE_CONFIG": str(toml), "HOOKLINE_BOOTSTRAP": NOWHERE}
    return run_each(folder, READ_SOURCES, **nobody)


def test_sources_that_are_not_toml(tmp_path: Path) -> None:
    for done in with_sources(tmp_path, '[[source]\nname = "a"\n').values():
        refused(done, "hookline.toml is not TOML", "line 1")


def test_sources_with_several_faults_are_told_all_at_once(tmp_path: Path) -> None:
    for done in with_sources(tmp_path, FOUR_FAULTS).values():
        refused(done, "hookline.toml has 4 faults")
        refused(done, "line 4, source[0].secrets[0]: the environment variable OUR_SECRET is not")
        refused(done, "line 6, source[0].verified: unknown field")
        refused(done, "line 10, source[1].vendor: expected one of convocore, varda, voiso, voxsig")
        refused(done, "source[1].secrets: expected at least one")


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    for done in with_sources(tmp_path, None).values():
        refused(done, "hookline.toml cannot be read: No such file")


def test_a_secret_itself_among_the_sources_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for done in with_sources(
        tmp_path, SOURCES.replace("${OUR_SECRET}", "hunter2-hunter2")
    ).values():
        refused(done, "line 4, source[0].secrets[0]")
        assert "hunter2" not in done.err


def test_no_sources_named(tmp_path: Path) -> None:
    for done in run_each(tmp_path, [ENDPOINT, SIMULATE]).values():
        refused(done, "sources")
        assert "HOOKLINE_CONFIG" in done.err


@pytest.fixture(scope="module")
def without_broker(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("without_broker")
    toml = folder / "hookline.toml"
    toml.write_text(SOURCES)
    to = {"HOOKLINE_CONFIG": str(toml), "HOOKLINE_BOOTSTRAP": NOWHERE}
    return run_each(folder, NEED_KAFKA, **SET, **to)


@each_of(NEED_KAFKA)
def test_no_broker(arguments: Arguments, without_broker: Answers) -> None:
    done = without_broker[arguments]
    refused(done, f"No Kafka answers at {NOWHERE}.")
    assert "HOOKLINE_BOOTSTRAP" in done.err


@pytest.fixture(scope="module")
def without_topics(tmp_path_factory: pytest.TempPathFactory, kafka: str) -> Answers:
    folder = tmp_path_factory.mktemp("without_topics")
    toml = folder / "hookline.toml"
    toml.write_text(SOURCES)
    to = {"HOOKLINE_BOOTSTRAP": kafka, "HOOKLINE_TOPIC_PREFIX": "not-there."}
    return run_each(
        folder, [ENDPOINT, WORKER, *READ_TOPICS], HOOKLINE_CONFIG=str(toml), **SET, **to
    )


@each_of([ENDPOINT, WORKER, *READ_TOPICS])
def test_no_topics(arguments: Arguments, without_topics: Answers) -> None:
    done = without_topics[arguments]
    refused(done, "not-there.")
    assert "hookline topics apply" in done.err


@pytest.fixture
def of_three(kafka: str, prefix: str) -> Iterator[Topics]:
    """All topics, with three partitions each but one, which has five."""
    names = Topics(prefix)
    three = declare(names, partitions=3, replication=1)
    mixed = [replace(one, partitions=5) if one.name == names.ledger else one for one in three]
    with administration(Connection(kafka)) as admin:
        apply(admin, mixed)
        yield names
        delete(admin, list(names))


def test_topics_of_another_partition_count(tmp_path: Path, kafka: str, of_three: Topics) -> None:
    toml = tmp_path / "hookline.toml"
    toml.write_text(SOURCES)
    to = {
        "HOOKLINE_CONFIG": str(toml),
        "HOOKLINE_BOOTSTRAP": kafka,
        "HOOKLINE_TOPIC_PREFIX": of_three.prefix,
        "HOOKLINE_REPLICATION_FACTOR": "1",
    }
    dev = (*DEV, f"--bootstrap={kafka}")
    for done in run_each(
        tmp_path, [*NEED_TOPICS, dev], HOOKLINE_PARTITIONS="8", **SET, **to
    ).values():
        refused(done, f"Topic {of_three.raw} has 3 partitions, 8 expected")
        refused(done, f"Topic {of_three.ledger} has 5 partitions, 8 expected")
        assert "HOOKLINE_PARTITIONS=3" in done.err

    one_is_wrong = run(tmp_path, *WORKER, HOOKLINE_PARTITIONS="3", **to)
    refused(one_is_wrong, f"Topic {of_three.ledger} has 5 partitions, 3 expected.")
    assert of_three.raw not in one_is_wrong.err


def test_no_registry(tmp_path: Path) -> None:
    register = ("schemas", "register")
    option = (*register, f"--registry=http://{NOWHERE}")
    refused(run(tmp_path, *option), NOWHERE)
    refused(run(tmp_path, *register, SCHEMA_REGISTRY_URL=f"http://{NOWHERE}"), NOWHERE)
    unnamed = run(tmp_path, *register)
    refused(unnamed, "registry")
    assert "SCHEMA_REGISTRY_URL" in unnamed.err


def test_a_port_that_is_taken(toml: Path, kafka: str, topics: Topics) -> None:
    toml.write_text(SOURCES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        variables = {
            "endpoint": "HOOKLINE_ENDPOINT_PORT",
            "worker": "HOOKLINE_WORKER_METRICS_PORT",
            "inspector": "HOOKLINE_INSPECTOR_PORT",
        }
        answers = run_each(
            toml.parent,
            [(process,) for process in variables],
            HOOKLINE_CONFIG=str(toml),
            HOOKLINE_BOOTSTRAP=kafka,
            HOOKLINE_TOPIC_PREFIX=topics.prefix,
            HOOKLINE_PARTITIONS="4",
            **SET,
            **dict.fromkeys(variables.values(), port),
        )
    for (process,), done in answers.items():
        refused(done, process, port)
        assert variables[process] in done.err


def test_no_endpoint_to_send_to(toml: Path) -> None:
    toml.write_text(SOURCES)
    done = run(toml.parent, *SIMULATE, f"--url=http://{NOWHERE}", HOOKLINE_CONFIG=str(toml), **SET)
    refused(done, NOWHERE)
