"""May these schema files be published? What `hookline schemas check` and CI ask."""

from __future__ import annotations

from collections.abc import Iterator

from app.avro.compatible import changed_meaning, incompatible, invalid
from app.avro.encoder import SchemaNotSupported, compile_encoder
from app.avro.fault import Fault
from app.avro.lock import FIRST_ID, Lock
from app.avro.names import SchemaName
from app.avro.repository import Repository, SchemaFile
from app.avro.subjects import subject_of
from app.core.decoding.annotations import SchemaUnusable, body_of


def check(repository: Repository, lock: Lock) -> list[Fault]:
    """Every fault of the schema files and their lock. None means that they may be published.

    A new version of an event reads all older ones (BACKWARD_TRANSITIVE); a new version of a row
    reads all older ones and is read by them (FULL_TRANSITIVE).
    """
    return [*lock.faults(repository), *_ids(lock), *_lines(repository), *_subjects(repository)]


def _ids(lock: Lock) -> Iterator[Fault]:
    remedy = "Restore the lock and run `hookline schemas lock`."
    if len(lock.by_id) < len(lock.entries) or len(lock.by_name) < len(lock.entries):
        yield Fault("lock.json", "two entries have one id or one name", remedy)
    for entry in lock.entries:
        if not FIRST_ID <= entry.id < 2**31:
            yield Fault(entry.schema, f"its id {entry.id} is not from {FIRST_ID} up", remedy)


def _lines(repository: Repository) -> Iterator[Fault]:
    for line in repository.lines():
        versions = repository.versions(*line)
        if [file.name.version for file in versions] != list(range(1, len(versions) + 1)):
            yield Fault("/".join(line), "its versions are not 1, 2, 3, …", "Rename the files.")
        sound = True
        for file in versions:
            faults = [*_one(file)]
            yield from faults
            sound = sound and not faults
        if sound:
            for n, file in enumerate(versions):
                yield from _evolution(file, versions[:n])


def _one(file: SchemaFile) -> Iterator[Fault]:
    """What is wrong with a file by itself."""
    for what in invalid(file.schema):
        yield Fault(str(file.name), what, "Correct the file.")
        return
    try:
        compile_encoder(file.schema)
        if not file.name.is_state:
            body_of(file.schema)
    except (SchemaNotSupported, SchemaUnusable) as error:
        yield Fault(str(file.name), str(error), "Correct the file.")


def _evolution(new: SchemaFile, older: list[SchemaFile]) -> Iterator[Fault]:
    for old in older:
        remedy = f"Keep what v{old.name.version} has; add only fields that have a default."
        faults = [*incompatible(new.schema, old.schema)]
        if new.name.is_state:
            faults += incompatible(old.schema, new.schema)
        faults += changed_meaning(new.schema, old.schema)
        for what in dict.fromkeys(faults):
            yield Fault(str(new.name), f"against v{old.name.version}: {what}", remedy)


def _subjects(repository: Repository) -> Iterator[Fault]:
    """A record's name belongs to one folder: its subject holds that folder's versions only."""
    owners: dict[str, tuple[str, str]] = {}
    for file in repository:
        try:
            subject = subject_of(file.name, file.schema)
        except KeyError:
            yield Fault(str(file.name), "there is no such table", "Remove the file.")
            continue
        owner = owners.setdefault(subject, _line(file.name))
        if owner != _line(file.name):
            what = f"{'/'.join(owner)} has a record of the same name"
            yield Fault(str(file.name), what, "Give the record another name.")


def _line(name: SchemaName) -> tuple[str, str]:
    return name.group, name.name
