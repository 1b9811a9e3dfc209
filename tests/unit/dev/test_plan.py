"""What `hookline dev` tells its processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.dev.folder import Folder
from app.dev.plan import decide
from app.kafka.connection import connection
from app.settings import load_settings


@pytest.mark.parametrize(("bootstrap", "seconds"), [(None, 3), ("kafka:9092", 10)])
def test_only_with_a_kafka_of_its_own_is_a_killed_worker_forgotten_sooner(
    tmp_path: Path, bootstrap: str | None, seconds: float
) -> None:
    """A Kafka that is there already may refuse so short a time: its default least is 6 s."""
    settings = load_settings(
        kafka_port=0,
        endpoint_port=0,
        worker_metrics_port=0,
        inspector_port=0,
        worker_session_timeout_s=10,
    )
    plan = decide(settings, bootstrap, tmp_path / "hookline.toml", Folder(tmp_path))
    assert float(plan.environment()["HOOKLINE_WORKER_SESSION_TIMEOUT_S"]) == seconds


def test_a_kafka_of_our_own_asks_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says of another."""
    asking = {
        "HOOKLINE_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "HOOKLINE_SASL_MECHANISM": "PLAIN",
        "HOOKLINE_SASL_USERNAME": "me",
        "HOOKLINE_SASL_PASSWORD": "a password",
    }
    for name, value in asking.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(kafka_port=0, endpoint_port=0, worker_metrics_port=0, inspector_port=0)
    for bootstrap, user in ((None, None), ("kafka:9092", "me")):
        plan = decide(settings, bootstrap, tmp_path / "hookline.toml", Folder(tmp_path))
        with monkeypatch.context() as child:
            for name, value in plan.environment().items():
                child.setenv(name, value)
            assert connection(load_settings()).security.username == user
            assert plan.kafka.security.username == user
