"""Files that appear in a folder once all of them are written, each whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from app.errors import UserError
from app.export.parts import clear_parts, open_part


class Written(NamedTuple):
    """A file that is there now, and how many bytes it has."""

    path: Path
    bytes: int

    @property
    def table(self) -> str:
        return self.path.stem


class Folder:
    """What is not committed is gone when it is left; so is the folder, if it was made for that.
    Each file is written under another name, which begins with a dot; what a killed run left of that
    kind is gone when the folder is next entered.
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
            with suppress(OSError):  # a folder that may be written and not be listed
                clear_parts(self.path)
        except OSError as error:
            raise self._refused(error) from None
        return self

    def refuse_what_is_there(self, names: Collection[str]) -> None:
        """Raises UserError where one of these files exists and is not to be replaced, or cannot."""
        self._refuse_folders(names)
        there = [name for name in names if os.path.lexists(self.path / name)]
        if there and not self._force:
            more = f" and {len(there) - 3} more" if len(there) > 3 else ""
            raise UserError(
                f"There is {', '.join(there[:3])}{more} in {self.path} already.",
                "Name another folder, or replace what is there with --force.",
            )

    def _refuse_folders(self, names: Iterable[str]) -> None:
        for path in (self.path / name for name in names):
            if path.is_dir() and not path.is_symlink():
                raise UserError(
                    f"{path} is a folder, and a file of that name is to be written.",
                    "Move it away, or name another folder with --out.",
                )

    def open(self, name: str) -> BinaryIO:
        """A new file, which will be called so."""
        try:
            self._parts[name] = open_part(self.path, name)
        except OSError as error:
            raise self._refused(error) from None
        return self._parts[name][1]

    def commit(self, replaced: Collection[str]) -> list[Written]:
        """All that was opened is there, synced. Of what is `replaced`, nothing older stays. Files
        get their names one after the other: who is killed then leaves some new, some old.
        """
        for _, file in self._parts.values():
            file.flush()
            os.fsync(file.fileno())
        self.refuse_what_is_there(self._parts)
        self._refuse_folders(replaced)
        written = [self._name(name) for name in list(self._parts)]
        for name in replaced:
            if self._force and name not in {one.path.name for one in written}:
                (self.path / name).unlink(missing_ok=True)
        self._is_new = False
        _sync(self.path)
        return written

    def _name(self, name: str) -> Written:
        """It is locked until it has its name."""
        part, file = self._parts[name]
        with file:
            part.replace(self.path / name)
            del self._parts[name]
            return Written(self.path / name, os.fstat(file.fileno()).st_size)

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
