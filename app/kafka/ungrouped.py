"""Consumers that are of no group, though librdkafka demands the name of one."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import KafkaError, Message


def heard(messages: Iterable[Message]) -> list[Message]:
    """Without what is said of the group, as a message of partition 0: librdkafka looks for its
    coordinator, and a Kafka that has lists of what each may do forbids that.
    """
    return [message for message in messages if not _is_of_group(message)]


def _is_of_group(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED
