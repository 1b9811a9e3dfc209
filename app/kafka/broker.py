"""A real Apache Kafka of one node on this machine, in a child process: for `dev` and for tests.

Broker and controller (KRaft) in one JVM, everything on loopback. Data stays in the folder given
and is there again after a restart. Writes survive a killed process, not a lost machine: Kafka
leaves fsync to the operating system, and there is no second copy.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.child.process import Child
from app.errors import UserError
from app.kafka.connection import Connection
from app.kafka.jars import Progress, cache_dir, fetch_jars, read_lock
from app.kafka.java import find_java
from app.kafka.ports import LOOPBACK, free_port

_FORMAT_TIMEOUT_S = 60
_POLL_S = 0.02

# A short life on a small machine: no optimising compiler, the collector with the least overhead.
_JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xms128m",
    "-Xmx768m",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.showThreadName=false",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
)

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=log
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# after a kill, the controller refuses the broker until its old session has run out: usually 9 s
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=33554432
log.index.size.max.bytes=1048576
num.io.threads=4
num.network.threads=2
"""


@dataclass(frozen=True)
class Installation:
    """What Kafka runs on: a Java, the jars, and what earlier starts have taught (`quick_start`)."""

    java: Path
    jars: tuple[Path, ...]
    learnt: Path | None = None
    jvm_options: tuple[str, ...] = ()

    def command(self, data: Path, main_class: str, *arguments: str) -> list[str]:
        options = [*_JVM, *self.jvm_options, f"-Djava.io.tmpdir={data / 'tmp'}"]
        if self.learnt is not None:
            options += [f"-XX:AOTCache={self.learnt}", "-Xlog:disable", "-Xlog:all=error:stderr"]
        class_path = ":".join(map(str, self.jars))
        return [str(self.java), *options, "-cp", class_path, main_class, *arguments]


def install(progress: Progress | None = None, cache: Path | None = None) -> Installation:
    """Find a Java and have the jars: 41 MB on the first run, a tenth of a second afterwards."""
    java = find_java()
    jars = tuple(fetch_jars(read_lock(), cache_dir() if cache is None else cache, progress))
    learnt = learnt_file(java, jars)
    return Installation(java, jars, learnt if learnt.exists() else None)


def learnt_file(java: Path, jars: Sequence[Path]) -> Path:
    """Where what was learnt of this Java and these jars is kept: beside the jars."""
    stamp = java.resolve().stat()
    facts = [str(java.resolve()), stamp.st_size, stamp.st_mtime_ns, *map(str, jars), *_JVM]
    name = hashlib.blake2b(repr(facts).encode(), digest_size=6).hexdigest()
    return jars[0].parent / f"learnt-{name}"


class Broker:
    """One Kafka node with its data in `data` (absolute from here on) and its output in `log`.

    A `port` of 0 takes any free port; so does the controller's, which no client ever needs.
    `properties` are lines of its configuration, over those that it has by itself.
    """

    def __init__(
        self,
        installation: Installation,
        data: Path,
        log: Path,
        port: int = 0,
        controller_port: int = 0,
        properties: str = "",
    ) -> None:
        self._installation = installation
        self._data = data.absolute()
        self._log = log.absolute()
        self.port = port or free_port()
        self._controller_port = controller_port or free_port()
        self._properties = properties
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def connection(self) -> Connection:
        return Connection(self.bootstrap)

    @property
    def child(self) -> Child:
        assert self._child is not None, "the broker was not started"
        return self._child

    def start(self) -> Child:
        """Format the data folder if it is new (a second or two), then start the process."""
        self._prepare()
        self._child = Child("kafka", self._command("kafka.Kafka"), self._log, cwd=self._data)
        return self._child

    def _prepare(self) -> None:
        scratch = self._data / "tmp"  # a killed JVM leaves its unpacked libraries there
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        properties = _PROPERTIES.format(
            host=LOOPBACK, port=self.port, controller_port=self._controller_port
        )
        properties += self._properties
        self._data.joinpath("server.properties").write_text(properties, encoding="ascii")
        if not self._data.joinpath("log", "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        command = self._command(
            "kafka.tools.StorageTool", "format", "--cluster-id", _cluster_id(), "-c"
        )
        done = subprocess.run(
            command,
            cwd=self._data,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            end = "\n".join((done.stdout + done.stderr).splitlines()[-5:])
            raise UserError(
                f"Kafka could not set up its data folder {self._data}:\n{end}",
                "Make room on the disk if it is full, or give another data folder.",
            )

    def _command(self, main_class: str, *arguments: str) -> list[str]:
        return self._installation.command(self._data, main_class, *arguments, "server.properties")

    def is_ready(self) -> bool:
        """Whether it accepts clients: Kafka opens this port last of all."""
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def wait_until_ready(self, seconds: float = 30) -> None:
        """Raises UserError with the end of its log when it dies or takes too long."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            died = self.child.exit_code() is not None
            if died or time.monotonic() > deadline:
                end = "\n".join(self.child.last_lines())
                self.stop(0)
                raise UserError(
                    f"Kafka {'ended' if died else f'was not ready after {seconds:g} s'}:\n{end}",
                    f"The whole of its log is in {self._log}.",
                )
            time.sleep(_POLL_S)

    def stop(self, grace: float = 4) -> None:
        if self._child is not None:
            self._child.stop(grace)


def _cluster_id() -> str:
    """16 bytes as Kafka writes them; the first bit is 0, so that no id begins with a hyphen."""
    random = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([random[0] & 0x7F]) + random[1:]).decode().rstrip("=")
