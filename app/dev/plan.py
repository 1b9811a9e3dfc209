"""What `hookline dev` is to start: which services, with which settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.dev.folder import Folder
from app.dev.ports import LOOPBACK, Wanted, claim
from app.dev.service import Process, hookline
from app.kafka.connection import SECURITY, Connection, connection
from app.settings import PREFIX, Settings

PARTITIONS = 4
REPLICATION = 1

# How long each may take to stop; together with Kafka's less than five seconds.
_GRACE_S = {"endpoint": 2.0, "worker": 1.2, "inspector": 0.4}
KAFKA_GRACE_S = 1.2

# How long a killed worker's partitions wait for it: less than usual, so that a start after a crash
# is as quick as any. Kafka's own default allows no less than 6; the one started here does.
_SESSION_TIMEOUT_S = 3


@dataclass(frozen=True)
class Plan:
    """Everything is decided: every port is a number. `own_kafka` is false with --bootstrap."""

    kafka: Connection
    own_kafka: bool
    kafka_port: int
    endpoint_port: int
    worker_port: int
    inspector_port: int
    config: Path
    folder: Folder
    settings: Settings

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.endpoint_port}"

    @property
    def worker(self) -> str:
        return f"http://{LOOPBACK}:{self.worker_port}"

    @property
    def inspector(self) -> str:
        return f"http://{LOOPBACK}:{self.inspector_port}"

    def processes(self) -> list[Process]:
        """In the order of starting; they are stopped in the reverse: first the endpoint."""
        return [
            self._process("inspector", self.inspector),
            self._process("worker", self.worker),
            self._process("endpoint", self.endpoint),
        ]

    def _process(self, name: str, url: str) -> Process:
        return Process(
            name=name,
            command=hookline(name),
            ready_url=f"{url}/readyz",
            log=self.folder.log(name),
            grace_s=_GRACE_S[name],
            env=self.environment(),
        )

    def environment(self) -> Mapping[str, str]:
        """The settings of the processes, over those of the environment that `dev` was called in."""
        settings = {
            "bootstrap": self.kafka.bootstrap,
            **self._security(),
            "config": self.config.absolute(),
            "data_dir": self.folder.path.absolute(),
            "topic_prefix": self.settings.topic_prefix,
            "partitions": self.settings.partitions,
            "replication_factor": self.settings.replication_factor,
            "endpoint_host": LOOPBACK,
            "endpoint_port": self.endpoint_port,
            "worker_metrics_host": LOOPBACK,
            "worker_metrics_port": self.worker_port,
            "worker_session_timeout_s": self._session_timeout_s(),
            "inspector_host": LOOPBACK,
            "inspector_port": self.inspector_port,
        }
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}

    def _security(self) -> Mapping[str, str]:
        """Of a Kafka of our own, which asks for nothing, nothing is left of the environment's."""
        return dict.fromkeys(SECURITY, "") if self.own_kafka else {}

    def _session_timeout_s(self) -> float:
        return _SESSION_TIMEOUT_S if self.own_kafka else self.settings.worker_session_timeout_s


def decide(settings: Settings, bootstrap: str | None, config: Path, folder: Folder) -> Plan:
    """Settle the ports. Raises UserError when one is taken, or a Kafka's settings are wrong."""
    wanted = [
        Wanted("endpoint", settings.endpoint_port, "--endpoint-port", "HOOKLINE_ENDPOINT_PORT"),
        Wanted("worker", settings.worker_metrics_port, "--worker-port", _WORKER_PORT),
        Wanted("inspector", settings.inspector_port, "--inspector-port", "HOOKLINE_INSPECTOR_PORT"),
    ]
    if bootstrap is None:
        wanted = [_kafka(settings), *wanted]
    ports = claim(wanted)
    kafka_port = ports.get("Kafka", 0)
    return Plan(
        kafka=Connection(f"{LOOPBACK}:{kafka_port}") if bootstrap is None else connection(settings),
        own_kafka=bootstrap is None,
        kafka_port=kafka_port,
        endpoint_port=ports["endpoint"],
        worker_port=ports["worker"],
        inspector_port=ports["inspector"],
        config=config,
        folder=folder,
        settings=settings,
    )


_WORKER_PORT = "HOOKLINE_WORKER_METRICS_PORT"


def _kafka(settings: Settings) -> Wanted:
    return Wanted("Kafka", settings.kafka_port, "--kafka-port", "HOOKLINE_KAFKA_PORT")
