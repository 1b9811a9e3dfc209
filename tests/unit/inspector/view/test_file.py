"""When a view is made anew, and when it goes on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.errors import UserError
from app.inspector.view.file import NoView, ViewFile
from app.inspector.view.ranks import Ranks
from app.inspector.view.tables import FOLLOWED_AT
from app.inspector.view.writer import Batch, ViewWriter
from tests.unit.inspector.view.feeding import IDENTITY, FedView
from tests.unit.inspector.view.rows import conversation

KEY = "varda/conversation/1"
PLACE = ("state.conversations", 0)


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[FedView]:
    view = FedView(tmp_path)
    view.put(("conversation", KEY, conversation("1", said="hello")))
    view.writer.write(Batch(places={PLACE: 7}))
    yield view
    view.close()


def test_it_goes_on(fed: FedView) -> None:
    fed.writer.close()
    assert fed.open() is None
    assert fed.writer.places == {PLACE: 7}
    assert fed.keys("hello") == [KEY]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": "another"}, "version"),
        ({"cluster": "elsewhere"}, "cluster"),
        ({"topics": {"state.calls": "another"}}, "topics"),
    ],
)
def test_a_view_of_something_else_is_made_anew(
    fed: FedView, changes: dict[str, object], why: str
) -> None:
    fed.writer.close()
    assert why in (fed.open(msgspec.structs.replace(IDENTITY, **changes)) or "")
    assert fed.writer.places == {}
    assert fed.keys() == []


def test_a_view_that_missed_tombstones_is_made_anew(fed: FedView) -> None:
    """Kafka keeps them for a day."""
    fed.writer.close()
    with sqlite3.connect(fed.file.path) as database:
        a_day_ago = str(time.time() - 24 * 3600)
        database.execute("UPDATE about SET value = ? WHERE name = ?", (a_day_ago, FOLLOWED_AT))
    database.close()
    assert "24 hours" in (fed.open() or "")
    assert fed.keys() == []


def test_damage_that_a_reader_finds(fed: FedView) -> None:
    """The pages of rows and index are lost, the first ones are good."""
    fed.writer.close()
    size = fed.file.path.stat().st_size
    with fed.file.path.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\xff" * (size - 4096 * 4))
    assert fed.file.damage is None
    with pytest.raises(NoView):
        fed.keys("hello")
    assert "damaged" in (fed.open() or "")
    assert fed.keys() == []


def test_a_row_that_cannot_be_read_is_damage(fed: FedView) -> None:
    fed.writer.close()
    with sqlite3.connect(fed.file.path) as database:
        database.execute("UPDATE row SET value = x'00'")
    database.close()
    with pytest.raises(NoView):
        fed.keys()
    assert "cannot be read" in (fed.open() or "")


def test_nothing_of_a_batch_that_fails_is_there(fed: FedView) -> None:
    row = fed.encoded("conversation", "varda/conversation/2", conversation("2"))
    late = row._replace(key="varda/conversation/3", at=row.at._replace(late=None))  # pyright: ignore
    with pytest.raises(sqlite3.IntegrityError):
        fed.writer.write(Batch(rows=[row, late], places={PLACE: 9}))
    with pytest.raises(sqlite3.IntegrityError):
        fed.writer.write(Batch(rows=[row], places={PLACE: None}))  # pyright: ignore
    assert fed.writer.places == {PLACE: 7}
    assert fed.keys() == [KEY]
    fed.writer.write(Batch(rows=[row], places={PLACE: 9}))
    assert len(fed.keys()) == 2


def test_a_killed_writer_leaves_what_it_committed(
    fed: FedView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a batch is written when its files are copied."""
    row = fed.encoded("conversation", "varda/conversation/2", conversation("2", said="hello"))
    copy = fed.file.path.with_name("copy")
    index = Ranks.index

    def killed(ranks: Ranks) -> None:
        index(ranks)
        for end in ("", "-wal"):
            Path(f"{copy}{end}").write_bytes(Path(f"{fed.file.path}{end}").read_bytes())

    monkeypatch.setattr(Ranks, "index", killed)
    fed.writer.write(Batch(rows=[row], places={PLACE: 9}))
    assert len(fed.keys("hello")) == 2
    other = ViewFile(copy)
    database, why = other.writer(IDENTITY)
    assert why is None
    assert ViewWriter(database).places == {PLACE: 7}
    assert database.execute("SELECT key FROM row").fetchall() == [(KEY,)]
    database.close()


def test_no_view_yet(tmp_path: Path) -> None:
    file = ViewFile(tmp_path / "none")
    with pytest.raises(NoView), file.reader():
        pass
    assert not file.path.exists()


def test_one_inspector_at_a_time(tmp_path: Path) -> None:
    one, other = (ViewFile(tmp_path / "folder" / "view") for _ in range(2))
    one.hold()
    with pytest.raises(UserError, match="HOOKLINE_DATA_DIR"):
        other.hold()
    one.close()
    other.close()
    other.hold()
    other.close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="HOOKLINE_DATA_DIR"):
        ViewFile(tmp_path / "file" / "view").hold()
