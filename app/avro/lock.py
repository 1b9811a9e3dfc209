"""The lock: what has been published, under which id, and that it never changes.

`schemas/lock.json` holds, for each version of each schema, its id (from 1,000,000,000 up, out of
any registry's way), its subject and a fingerprint of the file. Avro's own fingerprints are of the
Parsing Canonical Form, which leaves out defaults, docs and custom properties; those decide what
is decoded, so the fingerprint here is of all that the file says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from app.avro.fault import NEW_VERSION, Fault
from app.avro.names import Schema, SchemaId, SchemaName, Subject
from app.avro.repository import Repository, schema_folder
from app.avro.subjects import subject_of
from app.errors import UserError

FIRST_ID = 1_000_000_000
FILE = "lock.json"


class Locked(msgspec.Struct, frozen=True):
    """A published version."""

    id: SchemaId
    schema: str
    subject: Subject
    version: int
    fingerprint: str

    @property
    def name(self) -> SchemaName:
        group, name, _ = self.schema.split("/")
        return SchemaName(group, name, self.version)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    schemas: list[Locked]


class Lock:
    """All published versions, in the order of their ids."""

    def __init__(self, entries: Iterable[Locked] = ()) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.id)
        self.by_name = {entry.name: entry for entry in self.entries}
        self.by_id = {entry.id: entry for entry in self.entries}

    def with_new(self, repository: Repository) -> Lock:
        """This lock and an entry for each schema it does not know. Entries never change."""
        next_id = max(self.by_id, default=FIRST_ID - 1) + 1
        new = [file for file in repository if file.name not in self.by_name]
        added = [
            Locked(
                id=SchemaId(next_id + n),
                schema=str(file.name),
                subject=subject_of(file.name, file.schema),
                version=file.name.version,
                fingerprint=fingerprint(file.schema),
            )
            for n, file in enumerate(new)
        ]
        return Lock([*self.entries, *added])

    def faults(self, repository: Repository) -> Iterator[Fault]:
        """Each schema that is not as it was published, or never was."""
        for entry in self.entries:
            if entry.name not in repository:
                what = "it was published and its file is gone"
                yield Fault(entry.schema, what, "Restore the file.")
            elif fingerprint(repository[entry.name].schema) != entry.fingerprint:
                yield Fault(entry.schema, "it was published and has changed since", NEW_VERSION)
        for file in repository:
            if file.name not in self.by_name:
                remedy = "Run `hookline schemas lock` and commit the lock."
                yield Fault(str(file.name), "it has no entry in the lock", remedy)


def fingerprint(schema: Schema) -> str:
    """64 hex digits: SHA-256 of the schema as JSON with sorted names and without white space."""
    text = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def load_lock(root: Traversable | None = None) -> Lock:
    """Read the lock in a folder of schemas; there being none is an empty one. Raises UserError."""
    file = (schema_folder() if root is None else root) / FILE
    if not file.is_file():
        return Lock()
    try:
        return Lock(msgspec.json.decode(file.read_bytes(), type=_File).schemas)
    except (msgspec.DecodeError, ValueError) as error:
        raise UserError(
            f"schemas/{FILE} cannot be read: {error}.", "Restore it from version control."
        ) from None


def published_lock(repository: Repository, root: Traversable | None = None) -> Lock:
    """The lock of schemas that are to be written with: all of them are in it, unchanged. Raises
    UserError: what is written under an id must be read by it for ever.
    """
    lock = load_lock(root)
    for fault in lock.faults(repository):
        raise UserError(f"The schema {fault.schema}: {fault.what}.", fault.remedy)
    return lock


def write_lock(lock: Lock, root: Path) -> None:
    """Write the lock, an entry a line, so that two branches that add entries do not merge."""
    lines = ",\n".join("    " + msgspec.json.encode(entry).decode() for entry in lock.entries)
    (root / FILE).write_text('{\n  "schemas": [\n' + lines + "\n  ]\n}\n")
