"""The thread that asks the cluster, a few times a second, where it stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from app.inspector.view.cluster import Away, Cluster, Owner
from app.inspector.view.condition import Gauge
from app.inspector.view.identity import Identity
from app.inspector.view.writer import Places
from app.log import logger

_EVERY_S = 0.4
_OWNERS_EVERY_S = 3.0
_IDENTIFY_EVERY_S = 10.0
_BEGIN_EVERY_S = 60.0
_PATIENCE_S = 0.1


class Watch:
    """Asks from `start` to `stop`. `owners` are the workers by partition of the raw log; `identity`
    is what the view should be of, None until that is known; `firsts` where its topics begin.
    `failed` is called where it cannot go on.
    """

    def __init__(self, cluster: Cluster, gauge: Gauge) -> None:
        self._cluster = cluster
        self._gauge = gauge
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view-watch", daemon=True)
        self.owners: Mapping[int, Owner] = {}
        self.identity: Identity | None = None
        self.firsts: Places = {}
        self.failed: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A question that is under way is not waited for."""
        self._stopped.set()
        self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as error:
            logger("inspector").error("the watch failed", error=f"{type(error).__name__}: {error}")
            self.failed()
            raise

    def _watch(self) -> None:
        every = {
            self._own: _OWNERS_EVERY_S,
            self._identify: _IDENTIFY_EVERY_S,
            self._begin: _BEGIN_EVERY_S,
        }
        due = dict.fromkeys(every, 0.0)
        while not self._stopped.wait(_EVERY_S):
            if self.identity is None:
                continue
            try:
                self._gauge.told(self._cluster.standing())
                for ask, at in due.items():
                    if time.monotonic() >= at:
                        due[ask] = time.monotonic() + every[ask]
                        ask()
            except Away as why:
                self._gauge.silent(str(why))

    def _own(self) -> None:
        self.owners = self._cluster.owners()

    def _begin(self) -> None:
        self.firsts = self._cluster.firsts()

    def _identify(self) -> None:
        self.identity = self._cluster.identity()
