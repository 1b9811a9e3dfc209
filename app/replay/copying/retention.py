"""Whether a raw log keeps what is copied into it as long as the one that it is copied from does.

A copy has the timestamp of its original: what is older than the new log keeps is deleted minutes
after it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

_POLICY, _MS, _BYTES = "cleanup.policy", "retention.ms", "retention.bytes"


class RawLog(NamedTuple):
    """A raw topic with its settings, by Kafka's own names."""

    name: str
    partitions: int
    settings: Mapping[str, str]

    def limit(self, setting: str) -> float:
        """-1 is none to Kafka."""
        value = int(self.settings[setting])
        return inf if value < 0 else value


class Loss(NamedTuple):
    """The `setting` by which a new log would lose something, and how that is."""

    setting: str
    why: str


def loss(old: RawLog, new: RawLog) -> Loss | None:
    """None where the new log keeps all that the old one does."""
    policy = new.settings[_POLICY]
    if policy != "delete":
        return Loss(_POLICY, f"its {_POLICY} is {policy}, not delete")
    together = -(-old.partitions // new.partitions)  # what several held may be in one
    least = {_MS: old.limit(_MS), _BYTES: old.limit(_BYTES) * together}
    for setting, limit in least.items():
        if new.limit(setting) < limit:
            here, there = new.settings[setting], old.settings[setting]
            return Loss(setting, f"its {setting} is {here}, that of {old.name} {there}")
    return None
