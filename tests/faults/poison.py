"""Records that no endpoint would write, or whose body is no webhook; and the reason of each one's
dead letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from app.core.undecodable import Reason
from app.core.webhook import RawRecord

MIB = 1024 * 1024

Headers = list[tuple[str, bytes | None]]


class Raw(NamedTuple):
    """A record to put on the raw log. `dead` is the reason of the dead letter it must become."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    dead: Reason | None


def poisoned(like: RawRecord, kind: str, chance: Random) -> Raw:
    """A poisoned record of one of `KINDS`, made from a good one."""
    good = Raw(like.key.encode(), like.body, [*like.headers()], None)
    return good._replace(**KINDS[kind](good, chance))


def _without_value(good: Raw) -> Headers:
    return [(name, None if name == "ce_time" else value) for name, value in good.headers]


def _with(good: Raw, name: str, value: bytes) -> Headers:
    return [each for each in good.headers if each[0] != name] + [(name, value)]


KINDS: Mapping[str, Callable[[Raw, Random], dict[str, Any]]] = {
    "no headers": lambda good, chance: {"headers": [], "dead": "unknown_event"},
    "no key": lambda good, chance: {"key": None, "dead": "unknown_event"},
    "null value": lambda good, chance: {"value": None, "dead": "unknown_event"},
    "key is not text": lambda good, chance: {"key": b"\xff\xfe", "dead": "unknown_event"},
    "key has no id": lambda good, chance: {"key": b"nonsense", "dead": "internal"},
    "header is null": lambda good, chance: {
        "headers": _without_value(good),
        "dead": "unknown_event",
    },
    "time is no time": lambda good, chance: {
        "headers": _with(good, "ce_time", b"yesterday"),
        "dead": "unknown_event",
    },
    "vendor is unknown": lambda good, chance: {
        "headers": _with(good, "ce_type", b"nobody.did_this"),
        "dead": "unknown_event",
    },
    "garbage of a megabyte": lambda good, chance: {
        "key": None,
        "value": chance.randbytes(MIB),
        "headers": [],
        "dead": "unknown_event",
    },
    "body of garbage": lambda good, chance: {
        "value": b"\0" + chance.randbytes(MIB // 8),
        "dead": "not_json",
    },
    "body that nests": lambda good, chance: {"value": b"[" * 100_000, "dead": "not_json"},
    "empty body": lambda good, chance: {"value": b"", "dead": "not_json"},
}
