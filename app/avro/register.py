"""Put Hookline's schemas into a registry, under the ids of the lock.

A registry gives ids itself unless the subject is in its IMPORT mode; then it takes the id and
version it is told. Nothing that is there is changed: a version that differs from the lock's stops
everything before the first write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.avro.lock import Locked
from app.avro.names import Schema, Subject
from app.avro.published import Published
from app.avro.registry import (
    SCHEMA_NOT_FOUND,
    SUBJECT_NOT_FOUND,
    VERSION_NOT_FOUND,
    Registry,
    RegistryError,
    path,
)
from app.avro.subjects import compatibility_of
from app.errors import UserError


class Registered(NamedTuple):
    """What became of one version. `subject` has the topic prefix."""

    subject: Subject
    version: int
    id: int
    action: Literal["registered", "kept"]


def register(published: Published, registry: Registry, prefix: str = "") -> Iterator[Registered]:
    """Register every locked version that is missing, a subject after the other. Raises UserError
    where the registry holds something else or cannot import.
    """
    subjects: dict[Subject, list[Locked]] = {}
    for entry in published.lock.entries:
        subjects.setdefault(Subject(prefix + entry.subject), []).append(entry)
    missing = {
        subject: [entry for entry in entries if not _is_there(published, registry, subject, entry)]
        for subject, entries in subjects.items()
    }
    for subject, entries in subjects.items():
        if missing[subject]:
            _import(published, registry, subject, missing[subject])
        for entry in entries:
            action = "registered" if entry in missing[subject] else "kept"
            yield Registered(subject, entry.version, entry.id, action)


def _is_there(published: Published, registry: Registry, subject: Subject, entry: Locked) -> bool:
    ours = published.schema_of(entry.id)
    found = _or_none(registry, path("subjects", subject, "versions", entry.version))
    if found is not None:
        if found["id"] == entry.id and _same(found["schema"], ours):
            return True
        raise _held(f"{subject} version {entry.version}", registry)
    holder = _or_none(registry, path("schemas", "ids", entry.id))
    if holder is not None and not _same(holder["schema"], ours):
        raise _held(f"the id {entry.id}", registry)
    return False


def _or_none(registry: Registry, at: str) -> dict[str, object] | None:
    try:
        return registry.ask("GET", at)
    except RegistryError as error:
        if error.code in (SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SCHEMA_NOT_FOUND):
            return None
        raise _refused(registry, error) from None


def _import(
    published: Published, registry: Registry, subject: Subject, entries: list[Locked]
) -> None:
    mode = path("mode", subject)
    try:
        registry.ask("PUT", f"{mode}?force=true", {"mode": "IMPORT"})
        try:
            for entry in entries:
                schema = json.dumps(published.schema_of(entry.id))
                body = {"schema": schema, "id": entry.id, "version": entry.version}
                registry.ask("POST", path("subjects", subject, "versions"), body)
        finally:
            registry.ask("PUT", mode, {"mode": "READWRITE"})
        compatibility = compatibility_of(entries[0].name)
        registry.ask("PUT", path("config", subject), {"compatibility": compatibility})
    except RegistryError as error:
        raise _refused(registry, error) from None


def _same(text: object, ours: Schema) -> bool:
    return isinstance(text, str) and json.loads(text) == ours


def _held(what: str, registry: Registry) -> UserError:
    return UserError(
        f"The schema registry at {registry.url} holds something else as {what}.",
        "It may belong to another Hookline or another release: use another registry or another "
        "topic prefix. Nothing was written.",
    )


def _refused(registry: Registry, error: RegistryError) -> UserError:
    return UserError(
        f"The schema registry at {registry.url} refuses: {error} ({error.code}).",
        "Ids are imported, so it has to allow changes of mode (mode.mutability) and an "
        "administrator's rights.",
    )
