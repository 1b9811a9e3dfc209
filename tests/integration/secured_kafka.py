"""A Kafka that asks who one is, by certificates and passwords, with lists of what each may do.

Beside its secured listeners it has an open one, whose user may do anything: for making the lists.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from app.kafka.broker import Broker
from app.kafka.ports import LOOPBACK, free_port
from tests.e2e import readme
from tests.one_kafka import running_kafka

USER, PASSWORD = "hookline", "a password, with \\ and ' in it"
KEY_PASSWORD = "of its key"

_PROPERTIES = """\
listeners=PLAINTEXT://{host}:{open},CONTROLLER://{host}:{controller},SSL://{host}:{ssl},SASL_SSL://{host}:{sasl}
advertised.listeners=PLAINTEXT://{host}:{open},SSL://{host}:{ssl},SASL_SSL://{host}:{sasl}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required \
 user_{user}="{password}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""

_KINDS = {
    "topics": ResourceType.TOPIC,
    "groups": ResourceType.GROUP,
    "transactional ids": ResourceType.TRANSACTIONAL_ID,
}


class SecuredKafka(NamedTuple):
    """`certificates` has ca.pem, client.pem, client.key (with KEY_PASSWORD) and other-ca.pem."""

    broker: Broker
    certificates: Path
    ssl_port: int
    sasl_port: int

    def allow(self, prefix: str) -> None:
        admin = AdminClient({"bootstrap.servers": self.broker.bootstrap})
        bindings = [
            AclBinding(
                kind,
                prefix,
                ResourcePatternType.PREFIXED,
                principal,
                "*",
                operation,
                AclPermissionType.ALLOW,
            )
            for principal in (f"User:{USER}", f"User:CN={USER}")
            for kind, operation in _allowed()
        ]
        for done in admin.create_acls(bindings).values():
            done.result(10)

    def by_certificate(self) -> Mapping[str, str]:
        return {
            "HOOKLINE_BOOTSTRAP": f"{LOOPBACK}:{self.ssl_port}",
            "HOOKLINE_SECURITY_PROTOCOL": "SSL",
            "HOOKLINE_SSL_CA_FILE": str(self.certificates / "ca.pem"),
            "HOOKLINE_SSL_CERTIFICATE_FILE": str(self.certificates / "client.pem"),
            "HOOKLINE_SSL_KEY_FILE": str(self.certificates / "client.key"),
            "HOOKLINE_SSL_KEY_PASSWORD": KEY_PASSWORD,
        }

    def by_password(self, mechanism: str) -> Mapping[str, str]:
        return {
            "HOOKLINE_BOOTSTRAP": f"{LOOPBACK}:{self.sasl_port}",
            "HOOKLINE_SECURITY_PROTOCOL": "SASL_SSL",
            "HOOKLINE_SASL_MECHANISM": mechanism,
            "HOOKLINE_SASL_USERNAME": USER,
            "HOOKLINE_SASL_PASSWORD": PASSWORD,
            "HOOKLINE_SSL_CA_FILE": str(self.certificates / "ca.pem"),
        }


def _allowed() -> Iterator[tuple[ResourceType, AclOperation]]:
    """What README says that our user needs, and nothing else."""
    for kind, operations in readme.table("What our user may do"):
        for name in re.findall(r"\b[A-Z]\w+", operations):
            yield _KINDS[kind], AclOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()]


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """`folder` is empty; it gets the data, the log and the certificates."""
    _make_certificates(folder)
    port, controller, ssl, sasl = (free_port() for _ in range(4))
    properties = _PROPERTIES.format(
        host=LOOPBACK,
        open=port,
        controller=controller,
        ssl=ssl,
        sasl=sasl,
        folder=folder,
        user=USER,
        password=PASSWORD.replace("\\", "\\\\\\\\"),
    )
    with running_kafka(folder, properties, port, controller) as broker:
        _make_user(broker)
        yield SecuredKafka(broker, folder, ssl, sasl)


def _make_user(broker: Broker) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
        info = ScramCredentialInfo(mechanism, 4096)
        made = UserScramCredentialUpsertion(USER, info, PASSWORD.encode())
        for done in admin.alter_user_scram_credentials([made]).values():
            done.result(10)


def _make_certificates(folder: Path) -> None:
    signed = "req -x509 -CA ca.pem -CAkey ca.key"
    for arguments in (
        f"req -x509 {_NEW_KEY} -keyout ca.key -out ca.pem -subj /CN=ca",
        f"req -x509 {_NEW_KEY} -keyout other-ca.key -out other-ca.pem -subj /CN=ca",
        f"{signed} {_NEW_KEY} -keyout broker.key -out broker.crt -subj /CN=broker"
        f" -addext subjectAltName=IP:{LOOPBACK}",
        f"{signed} {_NEW_KEY} -keyout plain.key -out client.pem -subj /CN={USER}",
        f"pkcs8 -topk8 -in plain.key -out client.key -passout 'pass:{KEY_PASSWORD}'",
    ):
        command = ["openssl", *shlex.split(arguments)]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    both = (folder / "broker.key").read_text() + (folder / "broker.crt").read_text()
    (folder / "broker.pem").write_text(both)


_NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2"
