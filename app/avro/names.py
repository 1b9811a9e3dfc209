"""The words for schemas, so that signatures read themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NewType

Schema = Mapping[str, Any]  # a parsed .avsc
SchemaId = NewType("SchemaId", int)  # what stands in the wire format
Subject = NewType("Subject", str)  # what a registry lists versions under, without a topic prefix

STATE = "state"


class SchemaName(NamedTuple):
    """A schema file: `schemas/<group>/<name>/v<version>.avsc`. The group is a vendor, whose names
    are folders of events, or "state", whose names are tables.
    """

    group: str
    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.group}/{self.name}/v{self.version}"

    @property
    def is_state(self) -> bool:
        return self.group == STATE


def full_name(name: str, namespace: str | None) -> str:
    """An Avro full name: a name with dots is one already."""
    return name if "." in name or not namespace else f"{namespace}.{name}"
