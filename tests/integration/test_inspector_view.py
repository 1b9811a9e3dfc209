"""The view on a real Kafka: it holds what the topics hold, goes on where it was, mends itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.projection import TABLES
from app.inspector.view.letter_list import LetterQuery
from app.inspector.view.row_query import RowQuery
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare
from app.read.dead_letters import letter, sorted_out
from app.read.tables import state_topics
from tests.integration.inspector_data import add_traffic, installation
from tests.integration.inspector_view import Following, following
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import Installation


@pytest.fixture
def hookline(kafka: str, topics: Topics) -> Installation:
    return installation(kafka, topics)


def newest(hookline: Installation) -> dict[str, bytes]:
    """The values of all rows, by key."""
    found: dict[str, bytes] = {}
    for table in TABLES:
        for record in hookline.log.read(state_topics(hookline.topics)[table]):
            assert record.key is not None
            assert record.value is not None
            found[record.key.decode()] = record.value
    return found


def holds_everything(one: Following, hookline: Installation) -> None:
    expected = newest(hookline)
    assert one.keys() == expected.keys()
    for key, value in expected.items():
        listed = one.view.row(key)
        assert listed is not None
        assert hookline.codecs[listed.found.table].dumps(listed.found.row) == value
    letters = [letter(record) for record in hookline.log.read(hookline.topics.dead)]
    shown = one.view.letters(LetterQuery(), 500)
    assert {each.raw for each in shown.items} == {each.raw for each in sorted_out(letters).open}
    assert shown.items
    assert sum(tallied.rows for tallied in one.view.tallies()) == len(expected)


def test_it_holds_what_the_topics_hold_and_follows(
    hookline: Installation, kafka: str, tmp_path: Path
) -> None:
    with following(tmp_path / "view", kafka, hookline.topics) as one:
        one.wait_until_fresh()
        holds_everything(one, hookline)
        assert one.condition.made_anew == "there is none yet"
        key = next(key for key in newest(hookline) if "/conversation/" in key)
        hookline.overwrite("conversation", key, None)
        publish(hookline, kafka)
        one.wait(lambda: one.view.row(key) is None)
        assert not one.keys(RowQuery(q=key))


def test_it_goes_on_where_it_was(hookline: Installation, kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "view"
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
    inode = path.stat().st_ino
    add_traffic(hookline, kafka, seed=4)
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
        holds_everything(one, hookline)
        assert one.condition.made_anew is None
    assert path.stat().st_ino == inode


def nothing(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith(".lock"):
            file.unlink()


def garbage(path: Path) -> None:
    path.write_bytes(b"x" * 100_000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def holes(path: Path) -> None:
    """All but the first page."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


@pytest.mark.parametrize("damage", [nothing, garbage, empty, holes])
def test_it_mends_itself_when_it_starts(
    hookline: Installation, kafka: str, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "view"
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
    damage(path)
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
        holds_everything(one, hookline)
        assert one.condition.made_anew


def test_it_mends_itself_while_it_runs(hookline: Installation, kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "view"
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
        nothing(path)
        one.wait(lambda: one.condition.made_anew == "it is damaged: its file was deleted")
        one.wait_until_fresh()
        holds_everything(one, hookline)


def test_topics_that_were_made_anew_are_read_anew(
    hookline: Installation, kafka: str, tmp_path: Path
) -> None:
    path = tmp_path / "view"
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
    with administration(Connection(kafka)) as admin:
        delete(admin, [hookline.topics.state_calls])
        apply(admin, declare(hookline.topics, partitions=PARTITIONS, replication=1))
    with following(path, kafka, hookline.topics) as one:
        one.wait_until_fresh()
        assert "topics" in (one.condition.made_anew or "")
        assert not one.keys(RowQuery(table="call"))
        assert one.keys(RowQuery(table="contact"))
