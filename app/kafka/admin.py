"""A connection to a cluster's administration, and its failures as sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import (
    AuthorizationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    RequestTimedOutError,
)
from kafka.structs import TopicPartition

from app.errors import UserError
from app.kafka.away import forbidden, no_kafka, silent
from app.kafka.connection import Connection

_CONNECT_TIMEOUT_MS = 5_000
_REQUEST_TIMEOUT_MS = 15_000

_SILENCE = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError)


class Admin(Protocol):
    """What is used of kafka-python 3's admin client, which comes without types."""

    def list_topics(self) -> list[str]: ...
    def describe_topics(self, topics: Sequence[str]) -> list[dict[str, Any]]: ...
    def describe_configs(
        self, config_resources: Sequence[ConfigResource], *, config_filter: str
    ) -> dict[str, dict[str, dict[str, dict[str, Any]]]]: ...
    def create_topics(
        self,
        new_topics: Mapping[str, Mapping[str, object]],
        *,
        validate_only: bool,
        raise_errors: bool,
    ) -> dict[str, list[dict[str, Any]]]: ...
    def wait_for_topics(self, topic_names: Sequence[str]) -> None: ...
    def alter_configs(
        self, config_resources: Sequence[ConfigResource]
    ) -> dict[str, dict[str, str]]: ...
    def delete_topics(self, topics: Sequence[str]) -> object: ...
    def delete_records(self, records_to_delete: Mapping[TopicPartition, int]) -> object: ...
    def close(self) -> None: ...


@contextmanager
def administration(kafka: Connection) -> Iterator[Admin]:
    """An open admin client. Raises UserError when no broker answers, or when one refuses."""
    admin = _connect(kafka)
    try:
        yield admin
    except _SILENCE as error:
        raise no_kafka(kafka) from error
    except AuthorizationError as error:
        raise forbidden(kafka, str(error)) from error
    except KafkaError as error:
        raise UserError(
            f"The Kafka at {kafka} refused: {error}.", "The broker's log says more."
        ) from error
    finally:
        admin.close()


def _connect(kafka: Connection) -> Admin:
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it logs what it also raises
    try:
        security = kafka.kafka_python()
    except OSError as error:  # it was there when we started
        raise UserError(
            f"A certificate or key for the Kafka at {kafka} can no longer be read: {error}.",
            "See the files that the variables HOOKLINE_SSL_… name.",
        ) from error
    options: dict[str, Any] = {
        **security,
        "client_id": "hookline-admin",
        "bootstrap_timeout_ms": _CONNECT_TIMEOUT_MS,
        "request_timeout_ms": _REQUEST_TIMEOUT_MS,
    }
    try:
        return cast(Admin, KafkaAdminClient(**options))
    except KafkaError as error:
        raise silent(kafka) from error
