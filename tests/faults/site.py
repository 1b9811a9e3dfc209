"""Where a whole chain runs: a broker whose log is on a small disk and which is reached by a wire
that may be bad, and a small disk for the spool.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from app.kafka.broker import Broker, install
from tests.faults.crew import WAIT_S
from tests.faults.disk import Disk
from tests.faults.wire import Wire
from tests.ports import free_port

MIB = 1024 * 1024
BROKERS_DISK = 256 * MIB
SPOOLS_DISK = 32 * MIB

_PROPERTIES = """\
listeners=PLAINTEXT://127.0.0.1:{port},WIRE://{near}:{wired},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},WIRE://{far}:{wired}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,WIRE:PLAINTEXT,CONTROLLER:PLAINTEXT
"""


class Site(NamedTuple):
    """`bootstrap` is the broker's address at the far end of the wire; its own leads past it."""

    broker: Broker
    bootstrap: str
    wire: Wire
    brokers_disk: Disk
    spools_disk: Disk


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Raises NotPossible."""
    with ExitStack() as stack:
        wire = Wire()
        stack.callback(wire.close)
        brokers_disk = Disk(folder / "brokers-disk", BROKERS_DISK)
        stack.callback(brokers_disk.end)
        spools_disk = Disk(folder / "spools-disk", SPOOLS_DISK)
        stack.callback(spools_disk.end)
        broker, wired = _broker(folder, wire, brokers_disk)
        stack.callback(broker.stop)
        broker.start()
        broker.wait_until_ready(WAIT_S)
        yield Site(broker, f"{wire.far}:{wired}", wire, brokers_disk, spools_disk)


def _broker(folder: Path, wire: Wire, disk: Disk) -> tuple[Broker, int]:
    """The port is that at either end of the wire."""
    port, controller, wired = (free_port() for _ in range(3))
    properties = _PROPERTIES.format(
        port=port, controller=controller, wired=wired, near=wire.near, far=wire.far
    )
    data, log = folder / "data", disk.folder / "log"
    data.mkdir(parents=True)
    log.mkdir()
    (data / "log").symlink_to(log)
    return Broker(install(), data, folder / "kafka.log", port, controller, properties), wired
