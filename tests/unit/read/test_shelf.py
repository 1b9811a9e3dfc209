"""A shelf is a mapping in the order of its keys."""

from __future__ import annotations

import sqlite3

import pytest

from app.errors import UserError
from app.read.shelf import Shelves


def test_it_is_a_mapping() -> None:
    with Shelves() as shelves:
        shelf, other = shelves.shelf(), shelves.shelf()
        for n in range(2_500):
            shelf[b"%05d" % n] = b"%d" % n
        shelf[b"00007"] = b"seven"
        del shelf[b"00008"]
        assert len(shelf) == 2_499
        assert shelf[b"00007"] == b"seven"
        assert b"00008" not in shelf and shelf.get(b"00008") is None
        assert list(shelf)[:3] == [b"00000", b"00001", b"00002"]
        assert len(list(shelf)) == 2_499
        assert len(other) == 0
        with pytest.raises(KeyError):
            del shelf[b"none"]


def test_a_full_disk_is_said() -> None:
    with pytest.raises(UserError, match="no room"), Shelves():
        raise sqlite3.OperationalError("database or disk is full")
