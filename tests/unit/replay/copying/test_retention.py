"""Given how long two raw logs keep what, then whether a copy of the one in the other is lost."""

from __future__ import annotations

import pytest

from app.kafka.topics import Topics, declare
from app.replay.copying.retention import Loss, RawLog, loss

DAY_MS = 86_400_000


def raw(partitions: int = 8, **settings: int | str) -> RawLog:
    """As it is declared, but for some settings: `retention_ms=…`."""
    topics = Topics()
    declared = declare(topics, partitions=partitions, replication=1)
    config = next(one.config for one in declared if one.name == topics.raw)
    others = {name.replace("_", "."): str(value) for name, value in settings.items()}
    return RawLog(topics.raw, partitions, {**config, **others})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (raw(), raw(64)),
        (raw(retention_ms=DAY_MS), raw(64, retention_ms=DAY_MS)),
        (raw(retention_ms=DAY_MS), raw(64)),
        (raw(retention_bytes=1_000), raw(64, retention_bytes=1_000)),
        (raw(8, retention_bytes=1_000), raw(3, retention_bytes=3_000)),
        (raw(retention_bytes=1_000), raw(64)),
    ],
)
def test_it_keeps_all(old: RawLog, new: RawLog) -> None:
    assert loss(old, new) is None


@pytest.mark.parametrize(
    ("setting", "old", "new"),
    [
        ("retention.ms", raw(), raw(64, retention_ms=30 * DAY_MS)),
        ("retention.ms", raw(retention_ms=DAY_MS), raw(64, retention_ms=DAY_MS - 1)),
        ("retention.bytes", raw(), raw(64, retention_bytes=10**12)),
        ("retention.bytes", raw(retention_bytes=1_000), raw(64, retention_bytes=999)),
        ("retention.bytes", raw(8, retention_bytes=1_000), raw(3, retention_bytes=2_999)),
    ],
)
def test_it_keeps_less(setting: str, old: RawLog, new: RawLog) -> None:
    here, there = new.settings[setting], old.settings[setting]
    why = f"its {setting} is {here}, that of {old.name} {there}"
    assert loss(old, new) == Loss(setting, why)


@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
def test_it_keeps_the_newest_of_each_key_only(policy: str) -> None:
    found = loss(raw(), raw(64, cleanup_policy=policy))
    assert found == Loss("cleanup.policy", f"its cleanup.policy is {policy}, not delete")
