"""One thing that can be asked: where, with what, by whom it is answered, and what the answer is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import msgspec

from app.inspector.api.parameters import Parameters
from app.inspector.inspection import Inspection

JsonSchema = Mapping[str, Any]
_PART = re.compile(r"\{(\w+)\}")


class Asked(msgspec.Struct, frozen=True):
    """A request: the parts of its path that vary, decoded; its parameters; the time in
    microseconds.
    """

    parts: Mapping[str, str]
    query: Any
    now: int


Answer = Callable[[Inspection, Asked], Any]
"""What it gives becomes JSON. It may take its time, and raises Problem."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`path` as in OpenAPI, such as /api/calls/{source}/{id}; `schema` of the answer; `errors`
    beside those that all have. Without `answer` it is somebody else who answers.
    """

    id: str
    path: str
    summary: str
    schema: JsonSchema
    answer: Answer | None = None
    query: type[Parameters] = Parameters
    errors: tuple[int, ...] = ()
    media_type: str = "application/json"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_PART.sub(r"(?P<\1>[^/]+)", self.path))

    @property
    def part_names(self) -> list[str]:
        return _PART.findall(self.path)

    def match(self, raw_path: str) -> Mapping[str, str] | None:
        """The parts of a path that is still percent-encoded, decoded: an id may hold slashes."""
        found = self._pattern.fullmatch(raw_path)
        return None if found is None else {k: unquote(v) for k, v in found.groupdict().items()}
