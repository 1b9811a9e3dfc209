"""The topics of shadows: which are there, made, deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection

from app.errors import UserError
from app.kafka.admin import Admin
from app.kafka.provision import apply, delete, described
from app.kafka.topics import Topics, declare
from app.read.reader import Reader
from app.replay.shadow import is_name, row_topics, shadow_of


def shadows(admin: Admin, live: Topics) -> list[str]:
    """The names of those that are there, in their order."""
    there = set(admin.list_topics())
    first, last = live.prefix, Topics().state_conversations
    names = (
        one.removeprefix(first).removesuffix(f".{last}")
        for one in there
        if one.startswith(first) and one.endswith(f".{last}")
    )
    return sorted(
        name for name in names if is_name(name) and shadow_of(live, name).raw not in there
    )


def drop(admin: Admin, shadow: Topics, begin: Callable[[], None]) -> None:
    """Delete its topics. Raises UserError for an installation of its own. `begin` notes that it is
    not whole, before it is not.
    """
    _refuse_installation(shadow, {topic["name"] for topic in described(admin, [shadow.raw])})
    begin()
    delete(admin, row_topics(shadow))


def _refuse_installation(shadow: Topics, there: Collection[str]) -> None:
    if shadow.raw in there:
        raise UserError(
            f"{shadow.prefix} is the prefix of an installation of its own: it has a raw log, "
            f"{shadow.raw}.",
            "Take another name.",
        )


def prepare(
    admin: Admin,
    reader: Reader,
    live: Topics,
    shadow: Topics,
    *,
    max_body: int,
    anew: bool,
    begin: Callable[[], None],
) -> None:
    """Create the topics of a shadow, as the live ones are declared. Raises UserError where there
    is anything in them, unless they are to be made `anew`: then they are deleted first. `begin`
    notes that it is not whole, before it is not.
    """
    names = row_topics(shadow)
    there = {topic["name"]: topic for topic in described(admin, [shadow.raw, live.raw, *names])}
    _refuse_installation(shadow, there)
    if live.raw not in there:
        raise UserError(
            f"There is no raw log {live.raw}.",
            "Check the prefix (HOOKLINE_TOPIC_PREFIX), or create the topics with "
            "`hookline topics apply`.",
        )
    full = [name for name in names if name in there and holds_records(reader, name)]
    if full and not anew:
        raise UserError(
            f"There are records in {', '.join(full)} already.",
            "Take another name, or delete those topics and begin anew with --force-new.",
        )
    begin()
    if anew:
        delete(admin, names)
    partitions = there[live.raw]["partitions"]
    declared = declare(
        shadow,
        partitions=len(partitions),
        replication=min(len(one["replica_nodes"]) for one in partitions),
        max_body=max_body,
    )
    apply(admin, [topic for topic in declared if topic.name in names])


def holds_records(reader: Reader, topic: str) -> bool:
    return any(span.end > span.first for span in reader.spans(topic).values())
