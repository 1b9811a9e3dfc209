"""What is said of a connection is checked before anything uses it, all faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import UserError
from app.kafka.connection import SECURITY, Connection, connection
from app.kafka.security import Security
from app.settings import Settings, load_settings

SASL = {
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "PLAIN",
    "sasl_username": "me",
    "sasl_password": "a secret of mine",
}


def faults(**given: object) -> list[str]:
    with pytest.raises(UserError) as refused:
        connection(load_settings(**given))
    return [line.strip() for line in refused.value.what.splitlines()[1:]]


def test_without_a_word_it_is_plain() -> None:
    plain = connection(load_settings(bootstrap="a:1,b:2"))
    assert plain.librdkafka() == {"bootstrap.servers": "a:1,b:2", "security.protocol": "PLAINTEXT"}
    assert plain.kafka_python() == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
    }


def test_a_user_is_told_to_each_library() -> None:
    found = connection(load_settings(**SASL))
    assert found.librdkafka() | {"bootstrap.servers": ""} == {
        "bootstrap.servers": "",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "me",
        "sasl.password": "a secret of mine",
    }
    python = found.kafka_python()
    assert python["sasl_plain_username"] == "me"
    assert python["sasl_plain_password"] == "a secret of mine"
    assert python["ssl_context"].check_hostname


def test_a_password_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("kept there\n")
    given = SASL | {"sasl_password": f"file:{tmp_path}/password"}
    assert connection(load_settings(**given)).security.password == "kept there"


def test_what_is_missing_is_named() -> None:
    assert faults(security_protocol="SASL_PLAINTEXT", sasl_username="me") == [
        "HOOKLINE_SASL_MECHANISM: expected, since the protocol is SASL_PLAINTEXT",
        "HOOKLINE_SASL_PASSWORD: expected, since the protocol is SASL_PLAINTEXT",
    ]
    assert faults(security_protocol="SSL", ssl_key_file=__file__) == [
        "HOOKLINE_SSL_CERTIFICATE_FILE: expected, since there is HOOKLINE_SSL_KEY_FILE"
    ]


def test_who_forgets_the_protocol_does_not_believe_it_is_safe() -> None:
    assert faults(**SASL | {"security_protocol": "PLAINTEXT", "ssl_ca_file": __file__}) == [
        "HOOKLINE_SASL_MECHANISM: of no use, since HOOKLINE_SECURITY_PROTOCOL is PLAINTEXT",
        "HOOKLINE_SASL_USERNAME: of no use, since HOOKLINE_SECURITY_PROTOCOL is PLAINTEXT",
        "HOOKLINE_SASL_PASSWORD: of no use, since HOOKLINE_SECURITY_PROTOCOL is PLAINTEXT",
        "HOOKLINE_SSL_CA_FILE: of no use, since HOOKLINE_SECURITY_PROTOCOL is PLAINTEXT",
    ]


def test_files_are_looked_into(tmp_path: Path) -> None:
    nowhere = tmp_path / "ca.pem"
    assert faults(security_protocol="SSL", ssl_ca_file=nowhere) == [
        f"HOOKLINE_SSL_CA_FILE: {nowhere} cannot be read: No such file or directory"
    ]
    nowhere.write_text("no certificate")
    [fault] = faults(security_protocol="SSL", ssl_ca_file=nowhere)
    assert fault.startswith(f"HOOKLINE_SSL_CA_FILE: {nowhere} holds no PEM certificates")


def test_secrets_are_not_shown() -> None:
    found = connection(load_settings(**SASL))
    assert "a secret of mine" not in repr(found) + str(found)
    with pytest.raises(UserError) as refused:
        connection(load_settings(**SASL | {"security_protocol": "SSL"}))
    assert "a secret of mine" not in str(refused.value)


def test_every_setting_of_it_is_known() -> None:
    assert set(SECURITY) == {
        name for name in Settings.model_fields if name.startswith(("security_", "sasl_", "ssl_"))
    }


def test_two_of_one_address_are_equal() -> None:
    assert Connection("a:1") == Connection("a:1", Security())
