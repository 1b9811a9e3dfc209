"""How a cluster and its clients prove to each other who they are, said to each client library.

Names are Kafka's own: security.protocol, sasl.mechanism. Certificates and keys are PEM files. The
name of a broker is always checked against its certificate.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.settings import SaslMechanism, SecurityProtocol


@dataclass(frozen=True, kw_only=True)
class Security:
    """`mechanism`, `username` and `password` are of the SASL protocols. `ca_file` is who signs the
    brokers' certificates, the system's authorities if None; `certificate_file` and `key_file` are
    the client's own.
    """

    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: SaslMechanism | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    key_password: str | None = field(default=None, repr=False)

    @property
    def is_encrypted(self) -> bool:
        return self.protocol in ("SSL", "SASL_SSL")

    @property
    def asks_for_user(self) -> bool:
        return self.protocol in ("SASL_PLAINTEXT", "SASL_SSL")

    def librdkafka(self) -> dict[str, Any]:
        """Its settings, for confluent-kafka."""
        return _given(
            {
                "security.protocol": self.protocol,
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.username,
                "sasl.password": self.password,
                "ssl.ca.location": self.ca_file,
                "ssl.certificate.location": self.certificate_file,
                "ssl.key.location": self.key_file,
                "ssl.key.password": self.key_password,
            }
        )

    def kafka_python(self) -> dict[str, Any]:
        """Its arguments."""
        return _given(
            {
                "security_protocol": self.protocol,
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
                "ssl_context": self.ssl_context() if self.is_encrypted else None,
            }
        )

    def ssl_context(self) -> ssl.SSLContext:
        """Raises OSError (ssl.SSLError is one) where a file is none of that kind."""
        context = ssl.create_default_context(cafile=self.ca_file)
        # Since Python 3.13 it refuses authorities that lack extensions: many do that firms have
        # made for themselves, and librdkafka and Java accept them.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if self.certificate_file is not None:
            # Without a password for a key that has one, OpenSSL would ask at the terminal.
            password = self.key_password or ""
            context.load_cert_chain(self.certificate_file, self.key_file, lambda: password)
        return context


PLAINTEXT = Security()


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in settings.items()
        if value is not None
    }
