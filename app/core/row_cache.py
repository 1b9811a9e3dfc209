"""Rows as objects, the latest used ones, so that a busy row is not decoded for every batch.

The bound is counted in bytes of the rows' encodings, which are known; objects take four times
as much. What is used goes into the young generation; when that holds half of what may be kept, it
becomes the old one, and what was in the old one until then is dropped. So the latest used half is
always kept, and nothing has to be put in order when a row is read.
"""

from __future__ import annotations

from app.core.projection import AnyRow, Table

Place = tuple[Table, str]
_Generation = dict[Place, tuple[AnyRow, int]]


class CachedRows:
    """Those of one partition."""

    __slots__ = ("_cache", "old", "young")

    def __init__(self, cache: RowCache) -> None:
        self._cache = cache
        self.young: _Generation = {}
        self.old: _Generation = {}

    def get(self, place: Place) -> AnyRow | None:
        found = self.young.get(place)
        if found is None:
            found = self.old.get(place)
            if found is None:
                return None
            self.put(place, *found)
        return found[0]

    def put(self, place: Place, row: AnyRow, size: int) -> None:
        """`size` is that of its encoding."""
        before = self.young.get(place)
        self.young[place] = (row, size)
        self._cache.grow(size if before is None else size - before[1])

    def drop(self, place: Place) -> None:
        self.old.pop(place, None)
        before = self.young.pop(place, None)
        if before is not None:
            self._cache.grow(-before[1])


class RowCache:
    """Of all partitions of a process: each has as much of it as its rows are used."""

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of encodings, about: it may be passed by the size of one row."""
        self._half = limit // 2
        self._young = 0
        self._parts: list[CachedRows] = []

    def of_partition(self) -> CachedRows:
        """An empty part of it, for the rows of one more partition."""
        self._parts.append(CachedRows(self))
        return self._parts[-1]

    def clear(self) -> None:
        """Forget all rows, and the partitions they are of."""
        for part in self._parts:
            part.young, part.old = {}, {}
        self._parts.clear()
        self._young = 0

    def grow(self, size: int) -> None:
        """The young generation grew by `size`."""
        self._young += size
        if self._young > self._half:
            self._young = 0
            for part in self._parts:
                part.old, part.young = part.young, {}
