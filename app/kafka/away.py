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
_ANSWER_S = 1.0
_ALERT_S = 0.3
_SECTION = "README.md, A Kafka that asks who you are"
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
    """Why no answer came: there is nobody, or nobody who talks to us. Takes up to six seconds."""
    address = _listening(kafka)
    if address is None:
        return no_kafka(kafka)
    why = _refusal(kafka, address)
    if why is None:
        return UserError(
            f"No Kafka answers at {kafka}, though something listens there.",
            "It may be starting, or stuck, or expect another HOOKLINE_SECURITY_PROTOCOL than "
            f"{kafka.security.protocol}.",
        )
    return UserError(
        f"The Kafka at {kafka} does not talk to us: {why}.",
        "Check HOOKLINE_SECURITY_PROTOCOL, and the variables HOOKLINE_SASL_… and HOOKLINE_SSL_… "
        f"that it takes: {_SECTION}.",
    )


def is_forbidden(code: int) -> bool:
    """Whether this code of an error says that we may not do what we asked for."""
    return code in _FORBIDDEN


def forbidden(kafka: Connection, why: str) -> UserError:
    """It says who it is that may not, and where it stands what we have to be allowed."""
    user = kafka.security.username or "this client"
    return UserError(
        f"The Kafka at {kafka} does not allow that to {user}: {why}.",
        f"Allow what {_SECTION}, lists; or check the prefix (HOOKLINE_TOPIC_PREFIX).",
    )


def refusal(kafka: Connection) -> str | None:
    """Why a broker that can be reached does not talk to us; None where none can be reached, where
    one does talk, and where nothing is to be learnt.
    """
    address = _listening(kafka)
    return None if address is None else _refusal(kafka, address)


def _refusal(kafka: Connection, address: tuple[str, int]) -> str | None:
    if not kafka.security.is_encrypted:
        if _speaks_tls(address):
            return "it speaks TLS, which this connection does not"
    elif fault := _tls_fault(address, kafka.security):
        return f"the TLS handshake fails: {fault}"
    return _heard(kafka)


def turns_away(error: KafkaError) -> bool:
    """Whether it is about who we are, or about the language that we speak."""
    if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL):
        return True
    return "listener?" in error.str()  # "connecting to a PLAINTEXT broker listener?"


def in_words(error: KafkaError) -> str:
    """Of `sasl_ssl://host:port/bootstrap: what happened (after 3ms in state …)` the middle."""
    said = error.str().partition("/bootstrap: ")[2] or error.str()
    return said.partition(" (after ")[0].rstrip(".")


def _heard(kafka: Connection) -> str | None:
    """What librdkafka reports, until it is answered."""
    errors: list[KafkaError] = []
    consumer = Consumer(
        {**kafka.librdkafka(), "group.id": "hookline", "log_level": 0, "error_cb": errors.append}
    )
    deadline = time.monotonic() + _PROBE_S
    try:
        while time.monotonic() < deadline and not _answers(consumer):
            consumer.poll(0)
            if why := next((in_words(error) for error in errors if turns_away(error)), None):
                return why
        return None
    finally:
        consumer.close()


def _answers(consumer: Consumer) -> bool:
    try:
        consumer.list_topics("", timeout=_ANSWER_S)
    except KafkaException:
        return False
    return True


def _listening(kafka: Connection) -> tuple[str, int] | None:
    """The first of its brokers at whose port anything listens."""
    for one in kafka.bootstrap.split(","):
        host, _, port = one.rpartition(":")
        address = host.strip("[]"), int(port)
        try:
            socket.create_connection(address, timeout=_CONNECT_S).close()
        except OSError:
            continue
        return address
    return None


def _speaks_tls(address: tuple[str, int]) -> bool:
    """Whoever it is: nothing is told it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(address, _CONNECT_S) as plain, context.wrap_socket(plain):
            return True
    except ssl.SSLError as error:
        return _is_alert(error)
    except OSError:
        return False


def _tls_fault(address: tuple[str, int], security: Security) -> str | None:
    """Why one side does not believe the other. A broker that wants to see a certificate says so
    only after the handshake.
    """
    try:
        with (
            socket.create_connection(address, _CONNECT_S) as plain,
            security.ssl_context().wrap_socket(plain, server_hostname=address[0]) as connection,
        ):
            connection.settimeout(_ALERT_S)
            connection.recv(1)
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not believed: {error.verify_message.rstrip('.')}"
    except ssl.SSLError as error:
        return f"it answers {error.reason}" if _is_alert(error) else None
    except OSError:
        return None
    return None


def _is_alert(error: ssl.SSLError) -> bool:
    """Only one who speaks TLS sends these."""
    return error.reason is not None and "ALERT" in error.reason
