"""The read side of the Confluent Schema Registry's API, from the schema files and their lock.

So that ordinary deserializers, kcat and Connect read Hookline's topics without a registry to run.
Subjects carry the topic prefix that this Hookline runs with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import fastavro.schema

from app.avro.lock import Locked
from app.avro.names import Schema, SchemaId, Subject
from app.avro.published import Published
from app.avro.subjects import compatibility_of
from app.inspector.answers import (
    Answer,
    Refusal,
    bad_version,
    no_page,
    no_schema,
    no_subject,
    no_version,
    ok,
    read_only,
)

Query = Mapping[str, str]

_OWN = ("/subjects", "/schemas/ids/", "/schemas/types", "/config", "/mode", "/compatibility")


class Call(NamedTuple):
    """A request, taken apart: the parts of its path that vary, its query, its body."""

    parts: Mapping[str, str]
    query: Query
    body: bytes


class RegistryApi:
    """Answers requests; knows nothing of HTTP beyond method, path, query and body."""

    def __init__(self, published: Published, prefix: str = "") -> None:
        self._published = published
        self._by_id = published.lock.by_id
        self._subjects: dict[Subject, dict[int, Locked]] = {}
        for entry in published.lock.entries:
            versions = self._subjects.setdefault(Subject(prefix + entry.subject), {})
            versions[entry.version] = entry
        self._subject_of = {
            entry.id: subject
            for subject, versions in self._subjects.items()
            for entry in versions.values()
        }
        self._routes = [
            ("GET", route, re.compile(_pattern(route)), answer) for route, answer in self._reads()
        ] + [
            ("POST", route, re.compile(_pattern(route)), answer)
            for route, answer in (
                ("/subjects/{subject}", self._look_up),
                ("/subjects/{subject}/versions", self._register),
            )
        ]

    def _reads(self) -> list[tuple[str, Callable[[Call], Answer]]]:
        one, version = "/schemas/ids/{id}", "/subjects/{subject}/versions/{version}"
        return [
            (one, self._by_its_id),
            (f"{one}/schema", lambda call: _text(self._schema(self._of_id(call)))),
            (f"{one}/subjects", lambda call: ok([self._subject_of[self._of_id(call).id]])),
            (f"{one}/versions", self._versions_of_id),
            ("/schemas/types", lambda call: ok(["AVRO"])),
            ("/subjects", self._list_subjects),
            ("/subjects/{subject}/versions", lambda call: ok(sorted(self._versions(call)))),
            (version, self._version),
            (f"{version}/schema", lambda call: _text(self._schema(self._of_version(call)))),
            ("/config", lambda call: ok({"compatibilityLevel": "BACKWARD_TRANSITIVE"})),
            ("/config/{subject}", self._config),
            ("/mode", lambda call: ok({"mode": "READONLY"})),
            ("/mode/{subject}", lambda call: ok({"mode": "READONLY"})),
            ("/contexts", lambda call: ok(["."])),
            ("/", lambda call: ok({})),
        ]

    def has(self, path: str) -> bool:
        """Whether a path is the registry's, rather than somebody else's beside it."""
        path = path.rstrip("/") or "/"
        return path.startswith(_OWN) or any(
            pattern.fullmatch(path) is not None for _, _, pattern, _ in self._routes
        )

    def answer(self, method: str, path: str, query: Query, body: bytes = b"") -> tuple[str, Answer]:
        """The route that was taken (for metrics) and its answer."""
        path = path.rstrip("/") or "/"
        known = False
        for verb, route, pattern, answer in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            known = True
            if verb == ("GET" if method == "HEAD" else method):
                try:
                    return route, answer(Call(match.groupdict(), query, body))
                except Refusal as refusal:
                    return route, refusal.answer()
        writes = known or method in ("PUT", "DELETE") or path.startswith("/compatibility")
        refusal = read_only() if writes and method not in ("GET", "HEAD") else no_page()
        return "", refusal.answer()

    # By id

    def _of_id(self, call: Call) -> Locked:
        # `?subject=` does not narrow it: to Confluent's it only says in which context to look, and
        # deserializers send a subject that they guess from the topic.
        text = call.parts["id"]
        entry = self._by_id.get(SchemaId(int(text))) if _is_number(text) else None
        if entry is None:
            raise no_schema(text)
        return entry

    def _by_its_id(self, call: Call) -> Answer:
        return ok({"schema": self._schema(self._of_id(call))})

    def _versions_of_id(self, call: Call) -> Answer:
        entry = self._of_id(call)
        return ok([{"subject": self._subject_of[entry.id], "version": entry.version}])

    # By subject

    def _list_subjects(self, call: Call) -> Answer:
        start = call.query.get("subjectPrefix", "")
        return ok(sorted(subject for subject in self._subjects if subject.startswith(start)))

    def _versions(self, call: Call) -> dict[int, Locked]:
        versions = self._subjects.get(Subject(call.parts["subject"]))
        if versions is None:
            raise no_subject(call.parts["subject"])
        return versions

    def _of_version(self, call: Call) -> Locked:
        versions, text = self._versions(call), call.parts["version"]
        if text in ("latest", "-1"):
            return versions[max(versions)]
        if not (_is_number(text) and 0 < int(text) < 2**31):
            raise bad_version(text)
        if int(text) not in versions:
            raise no_version(text)
        return versions[int(text)]

    def _version(self, call: Call) -> Answer:
        return ok(self._described(self._of_version(call)))

    def _config(self, call: Call) -> Answer:
        name = next(iter(self._versions(call).values())).name
        return ok({"compatibilityLevel": compatibility_of(name)})

    # By schema

    def _look_up(self, call: Call) -> Answer:
        return ok(self._described(self._found(call)))

    def _register(self, call: Call) -> Answer:
        """Registering what is there already changes nothing, so a serializer may do it."""
        try:
            return ok({"id": self._found(call).id})
        except Refusal as refusal:
            raise read_only() if refusal.code in (40401, 40403) else refusal from None

    def _found(self, call: Call) -> Locked:
        """The version whose schema is the one in the body: word by word, else in Avro's canonical
        form, which leaves out what does not change the bytes.
        """
        versions = self._versions(call)
        asked = _schema_in(call.body)
        newest_first = [versions[number] for number in sorted(versions, reverse=True)]
        for same in (lambda schema: schema, _canonical):
            for entry in newest_first:
                if same(self._published.schema_of(entry.id)) == same(asked):
                    return entry
        raise no_schema(f"under subject '{call.parts['subject']}'")

    def _schema(self, entry: Locked) -> str:
        return json.dumps(self._published.schema_of(entry.id), separators=(",", ":"))

    def _described(self, entry: Locked) -> dict[str, Any]:
        return {
            "subject": self._subject_of[entry.id],
            "version": entry.version,
            "id": entry.id,
            "schema": self._schema(entry),
        }


def _pattern(route: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


def _text(schema: str) -> Answer:
    return Answer(200, schema.encode())


def _schema_in(body: bytes) -> Schema:
    try:
        asked = json.loads(json.loads(body)["schema"])
        fastavro.schema.parse_schema(json.loads(json.dumps(asked)))
    except (ValueError, KeyError, TypeError, fastavro.schema.SchemaParseException) as error:
        raise Refusal(42201, f"Invalid schema: {type(error).__name__}") from None
    if not isinstance(asked, dict):
        raise Refusal(42201, "Invalid schema: not a record's")
    return asked


def _canonical(schema: Schema) -> Any:
    return fastavro.schema.to_parsing_canonical_form(dict(schema))
