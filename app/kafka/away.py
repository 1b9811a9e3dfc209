"""What is said of a Kafka that does not answer, or that turns away whoever asks."""

from __future__ import annotations

import socket
import ssl
import time

from confluent_kafka import Consumer, KafkaError, KafkaException

from app.errors import UserError
from app.kafka.connection import Connection
from app.kafka.security import Security

_CONNECT_S = 1.0
_PROBE_S = 3.0
_POLL_S = 0.1
_NO_CERTIFICATE = "it says nothing, as one does that asks for a client's certificate"
_FORBIDDEN = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)


def no_kafka(kafka: Connection) -> UserError:
    return UserError(
        f"No Kafka answers at {kafka}.",
        "Start one with `hookline dev`, or give the right address with --bootstrap HOST:PORT or "
        "the variable HOOKLINE_BOOTSTRAP.",
    )


def silent(kafka: Connection) -> UserError:
    """Why no answer came: there is nobody, or nobody who lets us in. Takes a few seconds."""
    why = refusal(kafka)
    if why is None:
        return no_kafka(kafka)
    return UserError(
        f"The Kafka at {kafka} does not let us in: {why}.",
        "Check HOOKLINE_SECURITY_PROTOCOL, and the variables HOOKLINE_SASL_… and HOOKLINE_SSL_… "
        "that it takes.",
    )


def forbidden(kafka: Connection, what: str, error: KafkaError | None) -> UserError | None:
    """Where that is what the error says of `what`: a topic, a group."""
    if error is None or error.code() not in _FORBIDDEN:
        return None
    user = kafka.security.username or "this client"
    return UserError(
        f"The Kafka at {kafka} does not let {user} use {what}: {error.str()}.",
        "Allow it what README.md, A Kafka that asks who you are, lists; or check the prefix "
        "(HOOKLINE_TOPIC_PREFIX).",
    )


def refusal(kafka: Connection) -> str | None:
    """Why a broker that can be reached talks to nobody like us, in librdkafka's words; None where
    none can be reached, or where one does talk.
    """
    reached = next((one for one in kafka.bootstrap.split(",") if _listens(one)), None)
    if reached is None:
        return None
    if not kafka.security.is_encrypted and _speaks_tls(reached):
        return "it speaks TLS, which this connection does not"
    heard: list[KafkaError] = []
    consumer = Consumer(
        {**kafka.librdkafka(), "group.id": "hookline", "log_level": 0, "error_cb": heard.append}
    )
    deadline = time.monotonic() + _PROBE_S
    try:
        while time.monotonic() < deadline:
            consumer.poll(_POLL_S)
            if why := next((_words(error) for error in heard if _turns_away(error)), None):
                return why
            if _answers(consumer):
                return None
        return _NO_CERTIFICATE if _lacks_certificate(kafka.security) else None
    finally:
        consumer.close()


def _lacks_certificate(security: Security) -> bool:
    return security.protocol == "SSL" and security.certificate_file is None


def _connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S)


def _listens(address: str) -> bool:
    try:
        _connect(address).close()
    except OSError:
        return False
    return True


def _speaks_tls(address: str) -> bool:
    """Whoever it is: nothing is told it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with _connect(address) as plain, context.wrap_socket(plain):
            return True
    except ssl.SSLError as error:
        return error.reason is not None and "ALERT" in error.reason  # only TLS knows these
    except OSError:
        return False


def _answers(consumer: Consumer) -> bool:
    try:
        consumer.list_topics("", timeout=_POLL_S)
    except KafkaException:
        return False
    return True


def _turns_away(error: KafkaError) -> bool:
    """Whether it is about who we are, or about the language that we speak."""
    if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL):
        return True
    return "listener?" in error.str()  # "connecting to a PLAINTEXT broker listener?"


def _words(error: KafkaError) -> str:
    """`sasl_ssl://host:port/bootstrap: what happened: advice (after 3ms in state …)`."""
    said = error.str().partition("/bootstrap: ")[2] or error.str()
    return said.partition(" (after ")[0].rstrip(".")
