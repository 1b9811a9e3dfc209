"""export and sql, on a real Kafka with the traffic of all vendors."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from app.core.webhook import iso
from app.kafka.connection import Connection
from app.kafka.topics import max_message_bytes
from app.kafka.transactional import TransactionalWriter
from tests.faults.disk import Disk
from tests.faults.means import NotPossible
from tests.integration.commands import commands
from tests.integration.on_kafka import publish
from tests.integration.reading_cluster import Cluster
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.export.centre import EVERY, centre, taken
from tests.unit.read.installation import SECOND

pytestmark = pytest.mark.long(25)

ROWS = ("conversations", "calls", "contacts")
WHATS = (*ROWS, "events", "raw", "dead")


def an_hour_ago() -> int:
    """Kafka drops events that are older than they are kept."""
    return (int(time.time()) - 3_600) * SECOND


@pytest.fixture(scope="module")
def cluster(kafka: str) -> Iterator[Cluster]:
    """For tests that only look."""
    hookline = centre(600, PARTITIONS, new_prefix(), an_hour_ago())
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        yield Cluster(hookline, commands(kafka, hookline.topics.prefix), kafka)


@pytest.fixture(scope="module")
def lake(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything, exported."""
    out = tmp_path_factory.mktemp("exported") / "lake"
    done = cluster.run("export", *WHATS, "--out", str(out), "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json["unreadable"] == {"count": 0, "examples": []}
    for file in done.json["files"]:
        path = Path(file["file"])
        assert path == out / f"{file['table']}.parquet"
        assert path.stat().st_size == file["bytes"]
        assert parquet.read_metadata(path).num_rows == file["rows"]
    assert len(done.json["files"]) == len([*out.iterdir()])
    return out


def counts(lake: Path) -> dict[str, int]:
    return {path.stem: parquet.read_metadata(path).num_rows for path in lake.iterdir()}


def test_as_many_are_exported_as_other_commands_count(cluster: Cluster, lake: Path) -> None:
    found = counts(lake)
    for table in ROWS:
        listed = cluster.run("state", "list", "--table", table, "--limit", "1", "--json")
        assert found[table] == listed.json["matched"] > 5
    verified = cluster.run("verify", "--all", "--json")
    assert verified.code == 0
    assert found["webhooks"] == verified.json["raw"]["records"] == 600
    dead = cluster.run("dead", "list", "--all", "--closed", "--json").json["items"]
    assert found["dead_letters"] == len(dead) > 3
    expected, _ = taken(cluster.hookline, [*EVERY])
    assert found == {name: len(rows) for name, rows in expected.items()}


def test_a_row_is_the_row_that_state_get_shows(cluster: Cluster, lake: Path) -> None:
    for table in ROWS:
        [line, *_] = cluster.run("sql", f"from {table} limit 1", "--json").json
        key = line["key"]
        shown = cluster.run("state", "get", key, "--json").json
        query = f"from {table} where key = '{key}'"
        for where in ([], ["--from-parquet", str(lake)]):
            [row] = cluster.run("sql", query, "--json", *where).json
            row.pop("written_at")
            assert {"kind": table[:-1], **row} == {"kind": table[:-1], **shown}


def test_json_lines_are_the_same_rows(cluster: Cluster, lake: Path, tmp_path: Path) -> None:
    out = tmp_path / "lines"
    assert cluster.run("export", *WHATS, "--format", "jsonl", "--out", str(out)).code == 0
    for path in out.iterdir():
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        query = f'from "{path.stem}"'
        assert lines == cluster.run("sql", query, "--json", "--from-parquet", str(lake)).json


def test_topics_and_files_answer_alike(cluster: Cluster, lake: Path) -> None:
    for query in (
        "select phase, count(*) n, max(updated_at) latest from conversations group by 1 order by 1",
        'select c.key, m._received_at from conversations c join "voxsig.message_created" m '
        "on m._key = c.key order by all limit 20",
        "select type, count(*) from webhooks w where exists (from dead_letters where raw = w.place)"
        " group by 1 order by 1",
    ):
        done = cluster.run("sql", query, "--json")
        assert done.code == 0, done.err
        assert done.json
        assert done.json == cluster.run("sql", query, "--json", "--from-parquet", str(lake)).json


def test_again_makes_the_same_files_and_only_if_asked_in_their_place(
    cluster: Cluster, lake: Path, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in lake.iterdir()}
    again = cluster.run("export", *WHATS, "--out", str(lake))
    assert (again.code, again.out) == (2, "")
    assert "conversations.parquet" in again.err and "--force" in again.err
    assert cluster.run("export", *WHATS, "--out", str(lake), "--force").code == 0
    assert {path.name: path.read_bytes() for path in lake.iterdir()} == before
    other = tmp_path / "other"
    assert cluster.run("export", "calls", "dead", "--out", str(other)).code == 0
    assert {path.name: path.read_bytes() for path in other.iterdir()} == {
        name: before[name] for name in ("calls.parquet", "dead_letters.parquet")
    }


def test_types_sources_and_times_narrow_it(cluster: Cluster, tmp_path: Path) -> None:
    expected, _ = taken(cluster.hookline, [*EVERY])
    out, types = tmp_path / "narrow", ("voxsig.message_created", "voiso.webhook_failure")
    options = [word for type in types for word in ("--type", type)]
    done = cluster.run("export", "events", *options, "--out", str(out), "--json")
    assert done.code == 0, done.err
    assert counts(out) == {name: len(expected.get(name, [])) for name in types}
    times = sorted(row["received_at"] for row in expected["webhooks"])
    span = ("--from", iso(times[100]), "--to", iso(times[300]))
    query = "select source, count(*) n from webhooks group by 1"
    done = cluster.run("sql", query, "--json", "--source", "varda", *span)
    assert done.code == 0, done.err
    [of_varda] = done.json
    assert of_varda["source"] == "varda"
    assert of_varda["n"] == sum(
        row["source"] == "varda" and times[100] <= row["received_at"] < times[300]
        for row in expected["webhooks"]
    )


def test_a_shadow_has_rows(cluster: Cluster, tmp_path: Path) -> None:
    assert cluster.run("replay", "--into", "part", "--source", "varda").code == 0
    done = cluster.run("export", *ROWS, "--shadow", "part", "--out", str(tmp_path / "out"))
    assert done.code == 0, done.err
    query = "select count(*) n from conversations"
    [whole] = cluster.run("sql", query, "--json", "--source", "varda").json
    [shadow] = cluster.run("sql", query, "--shadow", "part", "--json").json
    assert whole == shadow == {"n": counts(tmp_path / "out")["conversations"]}


def test_what_is_not_committed_is_not_there(cluster: Cluster, lake: Path) -> None:
    topic = cluster.hookline.topics.dead
    with TransactionalWriter(
        Connection(cluster.kafka), new_prefix(), max_message=max_message_bytes()
    ) as writer:
        writer.take_over(topic)
        writer.write(topic, 0, b"varda/call/1", b"{}", [])
        writer.settle()
    done = cluster.run("sql", "select count(*) n from dead_letters", "--json")
    assert done.json == [{"n": counts(lake)["dead_letters"]}]


def test_csv_and_a_query_from_standard_input(cluster: Cluster) -> None:
    done = cluster.run("sql", "select key, labels, attributes from conversations", "--csv")
    [head, *lines] = csv.reader(io.StringIO(done.out, newline=""))
    assert head == ["key", "labels", "attributes"]
    expected, _ = taken(cluster.hookline, ["conversations"])
    assert Counter(line[0] for line in lines) == Counter(
        row["key"] for row in expected["conversations"]
    )
    assert all(isinstance(json.loads(line[2]), dict) for line in lines)


def test_tables_are_listed_without_a_broker(kafka: str) -> None:
    listed = commands("127.0.0.1:1", "x.")("sql", "--tables", "--json").json["items"]
    assert [one["table"] for one in listed] == [*EVERY]
    [calls] = [one["columns"] for one in listed if one["table"] == "calls"]
    assert {"name": "total_ms", "type": "BIGINT"} in calls
    assert {"name": "started_at", "type": "TIMESTAMP WITH TIME ZONE"} in calls


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "rows", "--out", "x"), "'rows'"),
        (("export", "events", "--type", "voiso.hangup", "--out", "x"), "voiso.hangup"),
        (("export", "calls", "--type", "voiso.user", "--out", "x"), "--type"),
        (("export", "calls", "--from", "1h", "--out", "x"), "hookline replay --into"),
        (("export", "raw", "--shadow", "part", "--out", "x"), "shadow"),
        (("export", "calls", "--shadow", "nope", "--out", "x"), "There is no shadow nope"),
        (("export", "calls", "--source", "vard", "--out", "x"), "'vard'"),
        (("export", "calls", "--out", "no/such/folder"), "no/such/folder"),
        (("sql", "from nope"), "nope"),
        (("sql", "select 1", "--memory", "lots"), "--memory"),
        (("sql", "select 1", "--from-parquet", "no/such"), "no/such"),
        (("sql", "select 1", "--from-parquet", ".", "--source", "varda"), "--source"),
        (("sql", "from calls", "--source", "vard"), "'vard'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_said_and_nothing_is_left(
    cluster: Cluster, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    given = [str(tmp_path / one) if one in ("x", ".") else one for one in arguments]
    done = cluster.run(*given)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_on_a_full_disk_nothing_is_left(cluster: Cluster, tmp_path: Path, format: str) -> None:
    try:
        disk = Disk(tmp_path / "disk", 128 * 1024)
    except NotPossible as why:
        pytest.fail(str(why))
    try:
        out = disk.folder / "out"
        done = cluster.run("export", *WHATS, "--format", format, "--out", str(out))
        assert (done.code, done.out) == (2, "")
        assert "The disk is full" in done.err
        assert not [*disk.folder.iterdir()]
    finally:
        disk.end()


def test_what_cannot_be_read_is_said_and_is_a_no(kafka: str, tmp_path: Path) -> None:
    hookline = centre(60, PARTITIONS, new_prefix(), an_hour_ago())
    hookline.log.append(hookline.topics.state_calls, 0, b"varda/call/hostile", b"\0no row")
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        run = commands(kafka, hookline.topics.prefix)
        done = run("export", "calls", "--out", str(tmp_path / "out"))
        assert done.code == 1
        assert f"1 record could not be read and is left out: {hookline.topics.state_calls} 0:" in (
            done.err
        )
        assert counts(tmp_path / "out")["calls"] == len(taken(hookline, ["calls"])[0]["calls"])
        asked = run("sql", "select count(*) n from calls", "--json")
        assert (asked.code, "1 record could not be read" in asked.err) == (1, True)
        assert asked.json == [{"n": counts(tmp_path / "out")["calls"]}]
