"""A Kafka that asks who one is: everything works on it, and whoever it turns away is told why."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.away import refusal, silent
from app.kafka.connection import Connection, connection
from app.kafka.log import Log
from app.kafka.log_client import MIB
from app.kafka.ports import free_port
from app.kafka.provision import apply
from app.kafka.security import Security
from app.kafka.topics import Topics, declare_for
from app.kafka.transactional import TransactionalWriter
from app.kafka.writer import Writer
from app.settings import load_settings
from tests.e2e.users import run
from tests.integration.secured_kafka import (
    KEY_PASSWORD,
    PASSWORD,
    USER,
    SecuredKafka,
    secured_kafka,
)
from tests.integration.test_dev import Dev
from tests.one_kafka import new_prefix

pytestmark = pytest.mark.long(60)

WAYS = ("certificate", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes the certificates: apt-get install openssl")
    with secured_kafka(tmp_path_factory.mktemp("secured")) as kafka:
        yield kafka


@pytest.fixture
def prefix(secured: SecuredKafka) -> str:
    prefix = new_prefix()
    secured.allow(prefix)
    return prefix


def settings_of(secured: SecuredKafka, way: str, prefix: str) -> dict[str, str]:
    by = secured.by_certificate() if way == "certificate" else secured.by_password(way)
    return {**by, "HOOKLINE_TOPIC_PREFIX": prefix}


class Hookline:
    """All of it, running on that Kafka."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder = folder
        self._dev = Dev(
            folder, "--json", f"--bootstrap={settings['HOOKLINE_BOOTSTRAP']}", **settings
        )
        self.facts = self._dev.facts()
        self._settings = settings | {"HOOKLINE_INSPECTOR_URL": self.facts["inspector"]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._dev.end(signal.SIGTERM)[0] == 0

    def does(self, *arguments: str, within_s: float = 0) -> str:
        """What a command prints that must succeed, at the latest when it is run after that time."""
        deadline = time.monotonic() + within_s
        while True:
            ended = run(self._folder, *arguments, **self._settings)
            if ended.code == 0 or time.monotonic() > deadline:
                assert ended.code == 0, (ended.out, ended.err)
                return ended.out

    def takes_webhooks(self) -> None:
        self.does("simulate", "--seed=3", "--count=150", f"--url={self.facts['endpoint']}")
        assert " equal" in self.does("verify", "--all", within_s=30)

    def logs(self) -> str:
        folder = self._folder / ".hookline" / "logs"
        return "".join(path.read_text() for path in folder.iterdir())


def test_every_process_works_by_certificate(
    secured: SecuredKafka, prefix: str, tmp_path: Path
) -> None:
    with Hookline(tmp_path, settings_of(secured, "certificate", prefix)) as hookline:
        hookline.takes_webhooks()
        logs = hookline.logs()
    assert logs
    assert KEY_PASSWORD not in logs


def test_every_process_and_command_works_by_password(
    secured: SecuredKafka, prefix: str, tmp_path: Path
) -> None:
    with Hookline(tmp_path, settings_of(secured, "SCRAM-SHA-512", prefix)) as hookline:
        hookline.takes_webhooks()
        hookline.does("replay", "--into=again")
        assert "Rows written" in hookline.does("replay", "--into=again", "--force-new")
        assert " equal" in hookline.does("verify", "--all", "--shadow=again")
        assert " equal" in hookline.does("replay", "diff", "again")
        wide = f"--prefix={prefix}wide."
        hookline.does("topics", "apply", wide, "--partitions=6", "--replication=1")
        assert "records copied" in hookline.does("replay", "copy", f"--to-{wide[2:]}")
        assert "calls.jsonl" in hookline.does(
            *("export", "calls", f"--out={tmp_path}/lake", "--format=jsonl")
        )
        assert "not_json" in hookline.does("dead", "list")
        assert "known" in hookline.does("state", "list", "--limit=3")
        hookline.does("topics", "plan", "--partitions=4", "--replication=1")
        logs = hookline.logs()
    assert "Written: nothing" in hookline.does("replay", "cutover", "again")
    assert "again" in hookline.does("replay", "list")
    hookline.does("replay", "drop", "again")
    assert logs
    assert PASSWORD.partition("\\")[0] not in logs


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_say_who_one_is(
    secured: SecuredKafka, prefix: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings_of(secured, way, prefix).items():
        monkeypatch.setenv(name, value)
    settings = load_settings(partitions=1, replication_factor=1)
    kafka, dead = connection(settings), Topics(prefix).dead
    with administration(kafka) as admin:
        apply(admin, declare_for(settings))
    with TransactionalWriter(kafka, f"{prefix}writer", max_message=MIB) as writer:
        writer.take_over(dead)
        writer.write(dead, 0, b"k", b"in a transaction", [])
        writer.settle()
        writer.commit()
    with Writer(kafka) as plain:
        plain.write(dead, 0, b"k", b"by itself")
        plain.settle()
    with Log(kafka) as log:
        assert [one.value for one in log.read(dead)] == [b"in a transaction", b"by itself"]


@pytest.mark.parametrize("command", ["verify --all", "worker"])
def test_who_is_not_known_is_told_so(secured: SecuredKafka, prefix: str, command: str) -> None:
    settings = settings_of(secured, "PLAIN", prefix) | {"HOOKLINE_SASL_PASSWORD": "of-another"}
    ended = run(secured.certificates, *command.split(), **settings)
    assert ended.code == 2
    assert "Invalid username or password" in ended.err
    assert "of-another" not in ended.err + ended.out


@pytest.mark.parametrize("command", ["verify --all", "worker", "topics apply", "replay --into=a"])
def test_who_may_not_is_told_so(secured: SecuredKafka, command: str) -> None:
    """Not that there are no topics."""
    settings = settings_of(secured, "PLAIN", "somebody-elses.")
    ended = run(secured.certificates, *command.split(), **settings)
    assert ended.code == 2
    assert "does not allow that to hookline: " in ended.err
    assert "README.md" in ended.err


def test_a_transaction_under_another_name_is_not_allowed(
    secured: SecuredKafka, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings_of(secured, "PLAIN", prefix).items():
        monkeypatch.setenv(name, value)
    kafka = connection(load_settings())
    with (
        TransactionalWriter(kafka, "somebody-elses", max_message=MIB) as writer,
        pytest.raises(UserError, match="does not allow that to hookline"),
    ):
        writer.take_over(Topics(prefix).dead)


def test_what_a_kafka_speaks_is_found_out(secured: SecuredKafka) -> None:
    authority, user = secured.certificates / "ca.pem", {"username": USER, "password": PASSWORD}
    open_one = secured.broker.bootstrap
    asks_user, asks_certificate = (f"127.0.0.1:{n}" for n in (secured.sasl_port, secured.ssl_port))
    tls = Security(protocol="SSL", ca_file=authority)
    known = Security(protocol="SASL_SSL", mechanism="PLAIN", ca_file=authority, **user)
    unencrypted = Security(protocol="SASL_PLAINTEXT", mechanism="PLAIN", **user)
    assert "speaks TLS" in str(refusal(Connection(asks_user)))
    assert "PLAINTEXT broker" in str(refusal(Connection(open_one, tls)))
    assert "SASL" in str(refusal(Connection(open_one, unencrypted)))
    assert "CERTIFICATE_REQUIRED" in str(refusal(Connection(asks_certificate, tls)))
    assert "another HOOKLINE_SECURITY_PROTOCOL" in silent(Connection(asks_user, tls)).remedy
    began = time.monotonic()
    assert refusal(Connection(open_one)) is None
    assert refusal(Connection(asks_user, known)) is None
    assert refusal(Connection(f"127.0.0.1:{free_port()}")) is None
    assert time.monotonic() - began < 3, "it was not answered"


def test_a_broker_that_is_another_is_not_believed(secured: SecuredKafka) -> None:
    """Its certificate is of 127.0.0.1, and signed by an authority of its own."""
    authority, other = (secured.certificates / f"{name}.pem" for name in ("ca", "other-ca"))
    of_another_name = Connection(
        f"localhost:{secured.ssl_port}", Security(protocol="SSL", ca_file=authority)
    )
    signed_by_another = Connection(
        f"127.0.0.1:{secured.ssl_port}", Security(protocol="SSL", ca_file=other)
    )
    for kafka in (of_another_name, signed_by_another):
        assert "its certificate is not believed" in silent(kafka).what


def test_a_key_that_does_not_open_is_refused(secured: SecuredKafka, prefix: str) -> None:
    settings = settings_of(secured, "certificate", prefix)
    settings["HOOKLINE_SSL_KEY_PASSWORD"] = "of another"
    ended = run(secured.certificates, "topics", "plan", **settings)
    assert ended.code == 2
    assert "HOOKLINE_SSL_KEY_PASSWORD does not open it" in ended.err
