from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.errors import UserError
from app.settings import load_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HOOKLINE_") or name == "SCHEMA_REGISTRY_URL":
            monkeypatch.delenv(name)


def test_all_listen_on_loopback_unless_told_otherwise() -> None:
    settings = load_settings()
    assert settings.endpoint_host == "127.0.0.1"
    assert settings.worker_metrics_host == "127.0.0.1"
    assert settings.inspector_host == "127.0.0.1"
    assert settings.bootstrap == "127.0.0.1:9092"


def test_the_environment_is_read_and_an_empty_variable_is_no_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOKLINE_ENDPOINT_PORT", "9000")
    monkeypatch.setenv("HOOKLINE_TOPIC_PREFIX", "")
    monkeypatch.setenv("HOOKLINE_CONFIG", "/etc/hookline.toml")
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "http://registry:8081")
    settings = load_settings()
    assert settings.endpoint_port == 9000
    assert settings.topic_prefix == ""
    assert settings.config == Path("/etc/hookline.toml")
    assert settings.schema_registry_url == "http://registry:8081"


def test_an_option_wins_over_the_environment_and_an_absent_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "kafka:9092")
    assert load_settings(bootstrap=None).bootstrap == "kafka:9092"
    assert load_settings(bootstrap="[::1]:9092,b:1").bootstrap == "[::1]:9092,b:1"


def test_every_wrong_setting_is_named_at_once_and_no_value_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOKLINE_ENDPOINT_PORT", "eighty")
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "kafka")
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "ftp://user:hunter2@registry")
    with pytest.raises(UserError) as refused:
        load_settings()
    message = str(refused.value)
    assert "HOOKLINE_ENDPOINT_PORT: Input should be a valid integer" in message
    assert "HOOKLINE_BOOTSTRAP: expected Kafka brokers as HOST:PORT" in message
    assert "SCHEMA_REGISTRY_URL: expected a URL that begins with http:// or https://" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint_port", 65_536),
        ("endpoint_max_body_bytes", 100),
        ("endpoint_ack_timeout_s", 0),
        ("endpoint_body_timeout_s", "nan"),
        ("partitions", 0),
        ("topic_prefix", "a b"),
        ("no_such_setting", 1),
    ],
)
def test_a_setting_out_of_its_range_is_refused(name: str, value: object) -> None:
    with pytest.raises(UserError, match=f"HOOKLINE_{name.upper()}: "):
        load_settings(**{name: value})


def test_the_token_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("of sixteen or more\n")
    monkeypatch.setenv("HOOKLINE_TOKEN", f"file:{file}")
    token = load_settings().token
    assert token is not None
    assert token.get_secret_value() == "of sixteen or more"
    assert "sixteen" not in repr(load_settings())
    file.unlink()
    with pytest.raises(UserError, match=r"HOOKLINE_TOKEN: expected .*file:PATH"):
        load_settings()
