"""Files appear once all of them are written, each whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import UserError
from app.export.folder import Folder


def test_files_are_there_when_they_are_committed(tmp_path: Path) -> None:
    with Folder(tmp_path / "new", force=False) as folder:
        folder.open("a.jsonl").write(b"all of it")
        assert not [path for path in folder.path.iterdir() if not path.name.startswith(".")]
        [written] = folder.commit([])
    assert (written.table, written.path.read_bytes(), written.bytes) == ("a", b"all of it", 9)
    assert [*written.path.parent.iterdir()] == [written.path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "full"), UserError("a", "b")])
def test_nothing_is_left_where_it_is_given_up(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), Folder(tmp_path / "new", force=False) as folder:
        folder.open("a.jsonl").write(b"half")
        raise error
    assert not [*tmp_path.iterdir()]


def test_what_was_there_stays_where_it_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("old")
    with pytest.raises(OSError), Folder(tmp_path, force=True) as folder:
        folder.open("a.jsonl").write(b"half")
        raise OSError
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_what_is_there_is_refused_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    with Folder(tmp_path, force=False) as folder, pytest.raises(UserError, match=r"a\.jsonl"):
        folder.refuse_what_is_there(["a.jsonl", "b.jsonl"])
    with Folder(tmp_path, force=True) as folder:
        folder.refuse_what_is_there(["a.jsonl"])
        folder.open("a.jsonl").write(b"new")
        folder.commit(["a.jsonl"])
    assert (tmp_path / "a.jsonl").read_text() == "new"
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_came_there_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with Folder(tmp_path, force=False) as folder:
        folder.open("a.jsonl").write(b"ours")
        (tmp_path / "a.jsonl").write_text("theirs")
        with pytest.raises(UserError):
            folder.commit([])
    assert [path.read_text() for path in tmp_path.iterdir()] == ["theirs"]


def test_a_folder_in_a_file_s_place_is_said_and_stays(tmp_path: Path) -> None:
    """From the beginning, or made meanwhile; in place of a new file, or of one that is to go."""
    (tmp_path / "a.jsonl").mkdir()
    with Folder(tmp_path, force=True) as folder, pytest.raises(UserError, match=r"a\.jsonl"):
        folder.refuse_what_is_there(["a.jsonl"])
    for opened, replaced in (("a.jsonl", []), ("b.jsonl", ["a.jsonl", "b.jsonl"])):
        with Folder(tmp_path, force=True) as folder:
            folder.open(opened).write(b"new")
            with pytest.raises(UserError, match=r"a\.jsonl is a folder"):
                folder.commit(replaced)
        assert [*tmp_path.iterdir()] == [tmp_path / "a.jsonl"]


def test_of_what_is_replaced_nothing_older_stays(tmp_path: Path) -> None:
    """An event that has none any more."""
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        (tmp_path / name).write_text("old")
    with Folder(tmp_path, force=True) as folder:
        folder.open("a.jsonl")
        folder.commit(["a.jsonl", "b.jsonl"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "c.jsonl"]


DIES = """
import os, sys
from pathlib import Path
from app.export.folder import Folder
with Folder(Path(sys.argv[1]), force=False) as folder:
    folder.open("a.jsonl").write(b"half")
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_run_left_is_gone_when_the_next_begins(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], check=False, timeout=60)
    assert died.returncode == -9
    [left] = tmp_path.iterdir()
    ours = left.with_name(f".a.jsonl.{os.getpid()}.part")
    left.rename(ours)  # numbers of processes come again
    (tmp_path / "lake.part").write_text("mine")
    with Folder(tmp_path, force=False) as folder:
        assert [path.name for path in tmp_path.iterdir()] == ["lake.part"]
        folder.open("a.jsonl").write(b"whole")
        folder.commit([])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "lake.part"]


def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    with Folder(tmp_path, force=False) as first:
        first.open("a.jsonl").write(b"of the first")
        with Folder(tmp_path, force=False) as second:
            second.open("b.jsonl").write(b"of the second")
            second.commit([])
        first.commit([])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.jsonl": "of the first",
        "b.jsonl": "of the second",
    }


@pytest.mark.parametrize("name", ["file", "file/in", "no/folder"])
def test_what_is_no_folder_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=name), Folder(tmp_path / name, force=True):
        raise AssertionError
    assert (tmp_path / "file").read_text() == "mine"
