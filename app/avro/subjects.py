"""Subjects: what a registry calls a line of versions."""

from __future__ import annotations

from app.avro.names import Schema, SchemaName, Subject, full_name
from app.kafka.topics import Topics

_PLAIN = Topics()
_STATE = {
    "conversation": _PLAIN.state_conversations,
    "call": _PLAIN.state_calls,
    "contact": _PLAIN.state_contacts,
}


def subject_of(name: SchemaName, schema: Schema) -> Subject:
    """Rows by TopicNameStrategy; events by TopicRecordNameStrategy, since an events topic holds
    a record type for each event. Raises KeyError for a state schema of no table.
    """
    if name.is_state:
        return Subject(f"{_STATE[name.name]}-value")
    record = full_name(schema["name"], schema.get("namespace"))
    return Subject(f"{_PLAIN.events(name.group)}-{record}")


def compatibility_of(name: SchemaName) -> str:
    """The rule that a subject's versions follow, in a registry's words."""
    return "FULL_TRANSITIVE" if name.is_state else "BACKWARD_TRANSITIVE"
