"""What `hookline dev` starts: Kafka, and processes of Hookline that say when they are ready."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from app.child.process import Child
from app.kafka.broker import Broker

_ASK_S = 2.0


class Service(Protocol):
    """Something to start, wait for and stop; `grace_s` is how long it may take to stop."""

    @property
    def name(self) -> str: ...
    @property
    def grace_s(self) -> float: ...
    def start(self) -> Child: ...
    def missing(self) -> str | None:
        """What it still lacks to be ready, None when it is."""
        ...


@dataclass(frozen=True)
class KafkaService:
    broker: Broker
    grace_s: float
    name: str = "kafka"

    def start(self) -> Child:
        return self.broker.start()

    def missing(self) -> str | None:
        return None if self.broker.is_ready() else f"{self.broker.bootstrap} does not answer"


@dataclass(frozen=True)
class Process:
    """A command that is ready when `ready_url` answers 200."""

    name: str
    command: tuple[str, ...]
    ready_url: str
    log: Path
    grace_s: float
    env: Mapping[str, str] = field(default_factory=dict[str, str])

    def start(self) -> Child:
        return Child(self.name, self.command, self.log, env={**os.environ, **self.env})

    def missing(self) -> str | None:
        url = urlsplit(self.ready_url)
        connection = http.client.HTTPConnection(url.netloc, timeout=_ASK_S)
        try:
            connection.request("GET", url.path)
            answer = connection.getresponse()
            said = answer.read(2_000).decode(errors="replace").strip()
        except (OSError, http.client.HTTPException) as error:
            return f"{self.ready_url}: {error}"
        finally:
            connection.close()
        return None if answer.status == 200 else f"{self.ready_url}: {answer.status} {said}"


def hookline(*arguments: str) -> tuple[str, ...]:
    """A command of this very Hookline; `-P`: not of a folder `app` where it happens to be run."""
    return (sys.executable, "-P", "-m", "app.cli.main", *arguments)
