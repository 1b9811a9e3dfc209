"""Whether one raw log can be copied into another: said before anything is written."""

from __future__ import annotations

from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType

from app.errors import UserError
from app.kafka.admin import Admin
from app.kafka.provision import described
from app.kafka.topics import Topics
from app.read.reader import Reader
from app.replay.copying.retention import RawLog, loss
from app.replay.shadow import row_topics
from app.replay.shadow_topics import holds_records

_SIZE, _TIME = "max.message.bytes", "message.timestamp.type"


def refuse_impossible(admin: Admin, reader: Reader, old: Topics, new: Topics) -> int:
    """Raises UserError unless the new installation has all its topics, with one partition count,
    and takes what the old one holds. Returns how large its records may be, in bytes.
    """
    if old.prefix == new.prefix:
        raise UserError(
            f"{old.raw} cannot be copied into itself.",
            "Give --to-prefix another prefix than HOOKLINE_TOPIC_PREFIX, or --prefix, has.",
        )
    there = {one["name"]: one for one in described(admin, [old.raw, *new])}
    if old.raw not in there:
        raise UserError(
            f"There is no raw log {old.raw}.",
            "Check the prefix (HOOKLINE_TOPIC_PREFIX) of the installation that is to be copied.",
        )
    _refuse_topics(new, there)
    _refuse_rows(reader, new)
    settings = _settings(admin, [old.raw, new.raw])
    size = int(settings[new.raw][_SIZE])
    if size < int(settings[old.raw][_SIZE]) or settings[new.raw][_TIME] != "CreateTime":
        raise UserError(
            f"{new.raw} does not take every record of {old.raw} as it is: its {_SIZE} is {size}, "
            f"its {_TIME} {settings[new.raw][_TIME]}.",
            f"Set it as the endpoints need it: `hookline topics apply {_of(new)}`, with their "
            "HOOKLINE_ENDPOINT_MAX_BODY_BYTES.",
        )
    from_, to = (
        RawLog(name, len(there[name]["partitions"]), settings[name]) for name in (old.raw, new.raw)
    )
    _refuse_loss(from_, to, f"hookline topics apply {_of(new)} --partitions {to.partitions}")
    return size


def _refuse_topics(new: Topics, there: dict[str, dict[str, Any]]) -> None:
    if new.raw not in there and new.state_conversations in there:
        raise UserError(
            f"{new.prefix} is no installation but a shadow: it has rows, and no raw log.",
            "Give --to-prefix a prefix that nothing has yet, and make its topics before by "
            "`hookline topics apply`.",
        )
    if missing := [name for name in new if name not in there]:
        raise UserError(
            f"There is no topic {', '.join(missing)}.",
            f"Make them first: `hookline topics apply {_of(new)} --partitions N`, N for the load "
            "of years to come.",
        )
    counts = {name: len(there[name]["partitions"]) for name in new}
    if len({*counts.values()}) > 1:
        said = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise UserError(
            f"The topics of {new.prefix} have not the same partition count: {said}.",
            "An installation must: take another prefix, and make its topics with "
            "`hookline topics apply`.",
        )


def _refuse_loss(old: RawLog, new: RawLog, apply: str) -> None:
    if (found := loss(old, new)) is not None:
        raise UserError(
            f"{new.name} does not keep all that {old.name} keeps: {found.why}.",
            "Copies have the timestamps of their originals: Kafka would soon delete them. "
            f"`{apply}` sets {found.setting}, with the HOOKLINE_RAW_RETENTION_DAYS that the old "
            "topics were made with, or without it: then the raw log is kept for ever.",
        )


def _refuse_rows(reader: Reader, new: Topics) -> None:
    """Of rows that were folded from another log a worker would believe that they hold this one."""
    full = [name for name in row_topics(new) if holds_records(reader, name)]
    if full and not holds_records(reader, new.raw):
        raise UserError(
            f"There are rows in {', '.join(full)}, and no webhooks that they could be made of: "
            f"{new.prefix} was a shadow's prefix.",
            "Give --to-prefix a prefix that nothing has yet.",
        )


def _of(new: Topics) -> str:
    return f"--prefix {new.prefix}" if new.prefix else '--prefix ""'


def _settings(admin: Admin, topics: list[str]) -> dict[str, dict[str, str]]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    found = admin.describe_configs(asked, config_filter="all")["topic"]
    return {name: {key: one["value"] for key, one in all_.items()} for name, all_ in found.items()}
