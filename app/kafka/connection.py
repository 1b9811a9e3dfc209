"""How a Kafka is reached: by which brokers, and with what proof."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.kafka.security import PLAINTEXT, Security
from app.settings import PREFIX, Settings, revealed


@dataclass(frozen=True)
class Connection:
    """`bootstrap` is HOST:PORT, several with commas between."""

    bootstrap: str
    security: Security = PLAINTEXT

    def __str__(self) -> str:
        return self.bootstrap

    def librdkafka(self) -> dict[str, Any]:
        """Settings, for confluent-kafka."""
        return {"bootstrap.servers": self.bootstrap, **self.security.librdkafka()}

    def kafka_python(self) -> dict[str, Any]:
        """Arguments of its clients."""
        return {"bootstrap_servers": self.bootstrap.split(","), **self.security.kafka_python()}


def connection(settings: Settings) -> Connection:
    """As the settings say. Raises UserError, all faults at once, where they do not go together, and
    where a file cannot be used.
    """
    security = Security(
        protocol=settings.security_protocol,
        mechanism=settings.sasl_mechanism,
        username=settings.sasl_username,
        password=revealed(settings.sasl_password),
        ca_file=settings.ssl_ca_file,
        certificate_file=settings.ssl_certificate_file,
        key_file=settings.ssl_key_file,
        key_password=revealed(settings.ssl_key_password),
    )
    faults = [*_missing(security), *_in_vain(security), *_unreadable(security)]
    if not faults and security.is_encrypted:
        faults = _unusable(security)
    if faults:
        raise UserError(
            "\n  ".join(["Wrong settings of the connection to Kafka:", *faults]),
            "README.md, A Kafka that asks who you are, says which belong together.",
        )
    return Connection(settings.bootstrap, security)


_SASL = ("mechanism", "username", "password")
_SSL = ("ca_file", "certificate_file", "key_file", "key_password")
_SETTINGS = {name: f"sasl_{name}" for name in _SASL} | {name: f"ssl_{name}" for name in _SSL}
_VARIABLES = {name: f"{PREFIX}{setting.upper()}" for name, setting in _SETTINGS.items()}
SECURITY = ("security_protocol", *_SETTINGS.values())
"""The names of all settings that say what a Security is."""

_BOTH = {"certificate_file": "key_file", "key_file": "certificate_file", "key_password": "key_file"}


def _missing(security: Security) -> list[str]:
    needed = dict.fromkeys(_SASL, f"the protocol is {security.protocol}")
    if not security.asks_for_user:
        needed = {}
    needed |= {
        other: f"there is {_VARIABLES[name]}"
        for name, other in _BOTH.items()
        if getattr(security, name) is not None
    }
    return [
        f"{_VARIABLES[name]}: expected, since {why}"
        for name, why in needed.items()
        if getattr(security, name) is None
    ]


def _in_vain(security: Security) -> list[str]:
    """Somebody believes that these are used."""
    unused = [] if security.asks_for_user else [*_SASL]
    unused += [] if security.is_encrypted else [*_SSL]
    return [
        f"{_VARIABLES[name]}: of no use, since {PREFIX}SECURITY_PROTOCOL is {security.protocol}"
        for name in unused
        if getattr(security, name) is not None
    ]


def _unreadable(security: Security) -> list[str]:
    faults: list[str] = []
    for name in ("ca_file", "certificate_file", "key_file"):
        file: Path | None = getattr(security, name)
        try:
            if file is not None:
                os.close(os.open(file, os.O_RDONLY))
        except OSError as error:
            faults.append(f"{_VARIABLES[name]}: {file} cannot be read: {error.strerror}")
    return faults


def _unusable(security: Security) -> list[str]:
    try:
        Security(protocol="SSL", ca_file=security.ca_file).ssl_context()
    except OSError as error:
        return [f"{_VARIABLES['ca_file']}: {security.ca_file} holds no PEM certificates: {error}"]
    try:
        security.ssl_context()
    except OSError as error:
        files = f"{security.certificate_file} and {security.key_file}"
        return [
            f"{_VARIABLES['certificate_file']}, {_VARIABLES['key_file']}: {files} are no PEM "
            f"certificate and its key, or {_VARIABLES['key_password']} does not open it: {error}"
        ]
    return []
