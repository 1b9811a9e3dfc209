"""`hookline dev` from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from app.core.vendors import VENDORS
from app.dev.folder import Folder, free_bytes, hold
from app.dev.interrupt import Interrupted, interruptible
from app.dev.plan import KAFKA_GRACE_S, Plan, decide
from app.dev.service import KafkaService
from app.dev.sources import make_sources
from app.dev.supervisor import Died, Supervisor, supervisor
from app.kafka.admin import administration
from app.kafka.broker import Broker, Installation, install
from app.kafka.jars import Progress
from app.kafka.provision import apply
from app.kafka.quick_start import can_be_quickened, quicken
from app.kafka.topics import declare_for
from app.settings import Settings
from app.sources import load_sources

DIED = 1
INTERRUPTED = 130
_WIDTH = 300  # of a line that is shown of a log
_NEARLY_FULL = 64 * 1024 * 1024

Say = Callable[[str], None]


def run_dev(
    settings: Settings,
    bootstrap: str | None,
    download: Callable[[], AbstractContextManager[Progress]],
    say: Say,
    up: Callable[[Plan, float, list[str], dict[str, int]], None],
) -> int:
    """Bring everything up, call `up`, and watch until the end; the process's exit code.

    `bootstrap` names a Kafka that is there already. `download` shows the progress of a first
    run; `say` takes lines for the user. Raises UserError when something is in the way; then
    nothing is left running, as in any other case.
    """
    began = time.monotonic()
    ready = False
    try:
        with interruptible(), hold(settings.data_dir) as folder:
            config = make_sources(folder) if settings.config is None else settings.config
            sources = [source.name for source in load_sources(config, VENDORS)]
            plan = decide(settings, bootstrap, config, folder)
            installation = _install(download, say) if plan.own_kafka else None
            with supervisor() as running:
                try:
                    pids = _start(plan, installation, running)
                    up(plan, time.monotonic() - began, sources, pids)
                    ready = True
                    running.watch()
                except Interrupted:
                    say("Stopping.")
                    raise
                except Died as died:
                    say(_obituary(died, folder))
                    return DIED
    except Interrupted:
        return 0 if ready else INTERRUPTED
    raise AssertionError("a watch ends by an exception")


def _install(download: Callable[[], AbstractContextManager[Progress]], say: Say) -> Installation:
    with download() as progress:
        installation = install(progress)
    if can_be_quickened(installation):
        say("Starting Kafka once to make later starts quick; this takes a few seconds.")
        return quicken(installation)
    return installation


def _start(plan: Plan, installation: Installation | None, running: Supervisor) -> dict[str, int]:
    """Kafka, its topics, then all the others together; the process ids by name."""
    if installation is not None:
        folder = plan.folder
        broker = Broker(installation, folder.kafka, folder.log("kafka"), plan.kafka_port)
        running.start([KafkaService(broker, KAFKA_GRACE_S)])
    with administration(plan.kafka) as admin:
        apply(admin, declare_for(plan.settings))
    running.start(plan.processes())
    return running.pids()


def _obituary(died: Died, folder: Folder) -> str:
    """Which child, how, its last words, where the rest is."""
    log = died.child.log
    lines = [f"{died.what}. The end of {_short(log)}:", ""]
    lines += [f"  {line[:_WIDTH]}" for line in died.child.last_lines()]
    free = free_bytes(folder.path)
    if free < _NEARLY_FULL:
        lines += ["", f"The disk that holds {folder.path} is full: {free // 10**6} MB are free."]
    return "\n".join([*lines, "", "Stopping the rest."])


def _short(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
