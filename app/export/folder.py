"""Files that appear in a folder whole and together, or not at all."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from app.errors import UserError


class Written(NamedTuple):
    """A file that is there now, and how many bytes it has."""

    path: Path
    bytes: int

    @property
    def table(self) -> str:
        return self.path.stem


class Folder:
    """What is not committed is gone when it is left; so is the folder, if it was made for that.
    Each file is written under another name, which begins with a dot.
    """

    def __init__(self, path: Path, *, force: bool) -> None:
        self.path = path
        self._force = force
        self._is_new = False
        self._parts: dict[str, tuple[Path, BinaryIO]] = {}

    def __enter__(self) -> Self:
        try:
            self.path.mkdir()
            self._is_new = True
        except FileExistsError:
            if not self.path.is_dir():
                raise UserError(
                    f"{self.path} is a file, and --out is a folder.", "Name another."
                ) from None
        except OSError as error:
            raise self._refused(error) from None
        return self

    def refuse_what_is_there(self, names: Iterable[str]) -> None:
        """Raises UserError where one of these files exists and is not to be replaced."""
        there = [name for name in names if os.path.lexists(self.path / name)]
        if there and not self._force:
            more = f" and {len(there) - 3} more" if len(there) > 3 else ""
            raise UserError(
                f"There is {', '.join(there[:3])}{more} in {self.path} already.",
                "Name another folder, or replace what is there with --force.",
            )

    def open(self, name: str) -> BinaryIO:
        """A new file, which will be called so."""
        part = self.path / f".{name}.{os.getpid()}.part"
        try:
            file = part.open("xb")
        except OSError as error:
            raise self._refused(error) from None
        self._parts[name] = (part, file)
        return file

    def commit(self, replaced: Collection[str]) -> list[Written]:
        """All that was opened is there, synced. Of what is `replaced`, nothing older stays."""
        written: list[Written] = []
        for name, (part, file) in self._parts.items():
            file.flush()
            os.fsync(file.fileno())
            file.close()
            written.append(Written(self.path / name, part.stat().st_size))
        self.refuse_what_is_there(self._parts)
        for name in list(self._parts):
            self._parts.pop(name)[0].replace(self.path / name)
        for name in replaced:
            if self._force and name not in {one.path.name for one in written}:
                (self.path / name).unlink(missing_ok=True)
        self._is_new = False
        _sync(self.path)
        return written

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for part, file in self._parts.values():
            with suppress(OSError):  # what is left to be written need not find room
                file.close()
            part.unlink(missing_ok=True)
        if self._is_new:
            with suppress(OSError):  # somebody else has put something there
                self.path.rmdir()

    def _refused(self, error: OSError) -> UserError:
        return UserError(
            f"Nothing can be written to {self.path}: {error.strerror}.",
            "Name a folder, or one to be made in a folder that exists, with --out.",
        )


def _sync(folder: Path) -> None:
    """So that the names are on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
