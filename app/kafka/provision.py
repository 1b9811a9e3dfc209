"""Bring a cluster's topics to what is declared, or say what that would change."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAuthorizationFailedError, for_code

from app.errors import UserError
from app.kafka.admin import Admin, administration
from app.kafka.connection import Connection
from app.kafka.topics import Topic, Topics

_SETTLE_S = 10
_LOOK_S = 0.05
_TOPIC_EXISTS = 36
_INVALID_REPLICATION = 38


class TopicsMissing(UserError):
    """They may be made yet."""


class PartitionsDiffer(UserError):
    """A topic has another partition count than it must; that never changes."""


class Difference(msgspec.Struct, frozen=True):
    """A setting of a topic that is not as declared."""

    setting: str
    found: str | None
    declared: str


class Step(msgspec.Struct, frozen=True):
    """What there is to do about one topic."""

    topic: str
    action: Literal["create", "alter", "keep"]
    partitions: int
    replication: int
    differences: list[Difference] = []


class _Found(msgspec.Struct, frozen=True):
    id: str
    partitions: int
    replication: int


def plan(admin: Admin, declared: Sequence[Topic]) -> list[Step]:
    """What `apply` would do, topic by topic in the order declared.

    Raises UserError for what cannot be brought about: another partition count, too few copies.
    """
    found = _find(admin, [topic.name for topic in declared])
    _refuse(declared, found)
    configs = _configs(admin, list(found))
    found = {name: one for name, one in found.items() if configs[name]}  # none: being deleted
    _create(admin, [topic for topic in declared if topic.name not in found], only_validate=True)
    return [_step(topic, found.get(topic.name), configs) for topic in declared]


def apply(admin: Admin, declared: Sequence[Topic]) -> list[Step]:
    """Create what is missing, set what differs, and wait until every partition has a leader.

    Settings that are not declared are left as they are. The steps taken are returned.
    """
    steps = plan(admin, declared)
    wanted = {topic.name: topic for topic in declared}
    missing = [wanted[step.topic] for step in steps if step.action == "create"]
    _create(admin, missing)
    admin.wait_for_topics([topic.name for topic in missing])
    altered = [step for step in steps if step.action == "alter"]
    for step in altered:
        _alter(admin, step)
    _wait_for_settings(admin, altered)
    return steps


def check_partitions(kafka: Connection, topics: Topics, expected: int) -> None:
    """Raises TopicsMissing or PartitionsDiffer unless every topic is there with that many
    partitions, another UserError where Kafka does not answer: what the endpoint and the worker ask
    before they start.
    """
    with administration(kafka) as admin:
        found = _find(admin, list(topics))
    counts = {name: topic.partitions for name, topic in found.items()}
    if missing := [name for name in topics if name not in counts]:
        raise TopicsMissing(
            f"The Kafka at {kafka} has no topic {', '.join(missing)}.",
            "Create what is missing with `hookline topics apply`.",
        )
    _refuse_counts(dict.fromkeys(topics, expected), counts)


def topic_ids(kafka: Connection, names: Collection[str]) -> dict[str, str]:
    """The id that the cluster gave to each of these topics that is there. A topic that is deleted
    and made again gets another. Raises UserError when no broker answers.
    """
    with administration(kafka) as admin:
        return {name: topic.id for name, topic in _find(admin, names).items()}


def delete(admin: Admin, names: Collection[str]) -> None:
    """Delete those of the topics that are there, and wait until they no longer seem to be."""
    there = _find(admin, names)
    if not there:
        return
    admin.delete_topics(list(there))
    _until_heard(lambda: not _find(admin, names).items() & there.items())


def _find(admin: Admin, names: Collection[str]) -> dict[str, _Found]:
    return {
        topic["name"]: _Found(
            str(topic["topic_id"]),
            len(topic["partitions"]),
            min(len(part["replica_nodes"]) for part in topic["partitions"]),
        )
        for topic in described(admin, names)
    }


def described(admin: Admin, names: Collection[str]) -> list[dict[str, Any]]:
    """Those of the topics that are there. Raises TopicAuthorizationFailedError for one that we may
    not see.
    """
    found = admin.describe_topics(list(names))
    for topic in found:
        if topic["error_code"] == TopicAuthorizationFailedError.errno:
            raise TopicAuthorizationFailedError(topic["name"])
    return [topic for topic in found if topic["error_code"] == 0]


def _refuse(declared: Iterable[Topic], found: Mapping[str, _Found]) -> None:
    _refuse_counts(
        {topic.name: topic.partitions for topic in declared},
        {name: topic.partitions for name, topic in found.items()},
    )
    for topic in declared:
        there = found.get(topic.name)
        if there is not None and there.replication < topic.replication:
            raise UserError(
                f"Topic {topic.name} has {there.replication} of the {topic.replication} copies "
                "it must have.",
                f"Add copies with Kafka's kafka-reassign-partitions, or accept what there is "
                f"with --replication {there.replication}.",
            )


def _refuse_counts(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = [name for name in expected if found.get(name, expected[name]) != expected[name]]
    if not wrong:
        return
    lines = [
        f"Topic {name} has {found[name]} partitions, {expected[name]} expected" for name in wrong
    ]
    there = found[wrong[0]]
    raise PartitionsDiffer(
        "\n".join(lines) + ".",
        "The partition count of a prefix never changes: a key's partition follows from it. Keep "
        f"{there} with --partitions {there} or HOOKLINE_PARTITIONS={there}, or move to another "
        "prefix, by `hookline replay copy`: docs/growing.md has the steps.",
    )


def _configs(admin: Admin, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    answer = admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        topic: {setting: value["value"] for setting, value in settings.items()}
        for topic, settings in answer.items()
    }


def _step(topic: Topic, found: _Found | None, configs: Mapping[str, Mapping[str, str]]) -> Step:
    if found is None:
        return Step(topic.name, "create", topic.partitions, topic.replication)
    there = configs[topic.name]
    differences = [
        Difference(setting, there.get(setting), value)
        for setting, value in topic.config.items()
        if there.get(setting) != value
    ]
    action = "alter" if differences else "keep"
    return Step(topic.name, action, found.partitions, found.replication, differences)


def _create(admin: Admin, topics: Sequence[Topic], *, only_validate: bool = False) -> None:
    if not topics:
        return
    asked = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": dict(topic.config),
        }
        for topic in topics
    }
    answers = admin.create_topics(asked, validate_only=only_validate, raise_errors=False)
    for answer in answers["topics"]:
        if answer["error_code"] not in (0, _TOPIC_EXISTS):
            raise _not_created(answer["name"], answer["error_code"], answer["error_message"])


def _not_created(name: str, code: int, message: str | None) -> UserError:
    if code == _INVALID_REPLICATION:
        return UserError(
            f"Topic {name} cannot have as many copies as it must: {message}",
            "Add brokers, or accept that a lost machine loses webhooks with --replication 1.",
        )
    return UserError(
        f"Topic {name} could not be created: {message or for_code(code).__name__}",
        "The broker's log says more.",
    )


def _alter(admin: Admin, step: Step) -> None:
    values = {difference.setting: difference.declared for difference in step.differences}
    resource = ConfigResource(ConfigResourceType.TOPIC, step.topic, values)
    result = admin.alter_configs([resource])["topic"][step.topic]
    if result != "OK":
        raise UserError(f"Topic {step.topic} could not be set: {result}", "See the broker's log.")


def _wait_for_settings(admin: Admin, altered: Sequence[Step]) -> None:
    def are_there() -> bool:
        there = _configs(admin, [step.topic for step in altered])
        return all(
            there[step.topic].get(difference.setting) == difference.declared
            for step in altered
            for difference in step.differences
        )

    _until_heard(are_there)


def _until_heard(is_known: Callable[[], bool]) -> None:
    """Until the broker that is asked has heard of it from the controller: a moment."""
    deadline = time.monotonic() + _SETTLE_S
    while not is_known() and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
