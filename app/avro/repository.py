"""The schema files: `schemas/<vendor>/<event>/v<N>.avsc` and `schemas/state/<table>/v<N>.avsc`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from app.avro.names import STATE, Schema, SchemaName
from app.errors import UserError

_FILE = re.compile(r"v([1-9][0-9]*)\.avsc", re.ASCII)


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema as its file has it."""

    name: SchemaName
    schema: Schema


class Repository:
    """All schema files, by name."""

    def __init__(self, schemas: Iterator[SchemaFile]) -> None:
        self._files = {file.name: file for file in schemas}

    def __iter__(self) -> Iterator[SchemaFile]:
        """By group, name and version, in that order."""
        return iter(self._files[name] for name in sorted(self._files))

    def __contains__(self, name: SchemaName) -> bool:
        return name in self._files

    def __getitem__(self, name: SchemaName) -> SchemaFile:
        return self._files[name]

    def versions(self, group: str, name: str) -> list[SchemaFile]:
        """All versions, the oldest first."""
        return [file for file in self if file.name[:2] == (group, name)]

    def latest(self, group: str, name: str) -> SchemaFile:
        """What the worker writes. Raises KeyError where there is none."""
        versions = self.versions(group, name)
        if not versions:
            raise KeyError(f"{group}/{name}")
        return versions[-1]

    def lines(self) -> list[tuple[str, str]]:
        """Every (group, name) that has versions."""
        return list(dict.fromkeys(file.name[:2] for file in self))

    def events(self) -> dict[tuple[str, str], Schema]:
        """The latest schema of each event by (vendor, folder): what a Catalogue takes."""
        return {line: self.latest(*line).schema for line in self.lines() if line[0] != STATE}


def load_repository(root: Traversable | None = None) -> Repository:
    """Read the schema files under a folder, Hookline's own if none is given. Raises UserError for
    a folder that cannot be read or has no schemas, and for a file that is not a JSON object or not
    named as schema files are.
    """
    root = schema_folder() if root is None else root
    try:
        repository = Repository(_files(root))
    except OSError as error:
        raise UserError(
            f"The schemas cannot be read: {error.filename}: {error.strerror}.",
            "Name a folder that holds <vendor>/<event>/v1.avsc and its like.",
        ) from None
    if not repository.lines():
        raise UserError(
            f"There are no schemas in {root}.",
            "Name the folder that holds <vendor>/<event>/v1.avsc and its like.",
        )
    return repository


def schema_folder() -> Traversable:
    """Hookline's own schema files."""
    return files("schemas")


def _files(root: Traversable) -> Iterator[SchemaFile]:
    for group in _folders(root):
        for name in _folders(group):
            for file in name.iterdir():
                if file.name.endswith(".avsc"):
                    yield _read(group.name, name.name, file)


def _folders(parent: Traversable) -> list[Traversable]:
    return [each for each in parent.iterdir() if each.is_dir() and not each.name.startswith("_")]


def _read(group: str, name: str, file: Traversable) -> SchemaFile:
    where = f"schemas/{group}/{name}/{file.name}"
    version = _FILE.fullmatch(file.name)
    if version is None:
        raise UserError(f"{where} is not a version of a schema.", "Name it v1.avsc, v2.avsc, …")
    try:
        schema: Any = json.loads(file.read_bytes())
    except ValueError as error:
        raise UserError(f"{where} is not JSON: {error}.", "Correct the file.") from None
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise UserError(f"{where} is not a record's schema.", "Correct the file.")
    return SchemaFile(SchemaName(group, name, int(version[1])), schema)
