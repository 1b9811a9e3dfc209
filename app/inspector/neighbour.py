"""The endpoint, as its /metrics tells of it."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPException
from threading import Lock

import msgspec
from prometheus_client.parser import text_string_to_metric_families

_ASK_S = 0.5
_KEPT_S = 2.0
_SPOOL = "hookline_endpoint_spool_"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """`reachable` is whether it answers where the settings put it; without that nothing else is
    known, but for `slow`: nobody refused, and no answer came in time. `refused` requests since
    it started.
    """

    reachable: bool
    slow: bool = False
    ready: bool | None = None
    kafka_away: bool | None = None
    spool_entries: int | None = None
    spool_bytes: int | None = None
    spool_oldest_s: float | None = None
    refused: int | None = None


class Neighbour:
    """Asks it, at most every few seconds."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._lock = Lock()
        self._asked = float("-inf")
        self._endpoint = Endpoint(reachable=False)

    def endpoint(self) -> Endpoint:
        with self._lock:
            if time.monotonic() - self._asked > _KEPT_S:
                self._endpoint = self._ask()
                self._asked = time.monotonic()
            return self._endpoint

    def _ask(self) -> Endpoint:
        connection = HTTPConnection(*self._address, timeout=_ASK_S)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            page = answer.read().decode(errors="replace")
            return _read(page) if answer.status == 200 else Endpoint(reachable=False)
        except TimeoutError:
            return Endpoint(reachable=False, slow=True)
        except (OSError, HTTPException, ValueError):
            return Endpoint(reachable=False)
        finally:
            connection.close()


def _read(page: str) -> Endpoint:
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    if f"{_SPOOL}entries" not in sums:
        return Endpoint(reachable=False)  # somebody else listens there
    return Endpoint(
        reachable=True,
        ready=sums.get("hookline_endpoint_ready") == 1,
        kafka_away=sums.get("hookline_endpoint_kafka_away") == 1,
        spool_entries=int(sums[f"{_SPOOL}entries"]),
        spool_bytes=int(sums.get(f"{_SPOOL}bytes", 0)),
        spool_oldest_s=sums.get(f"{_SPOOL}oldest_seconds"),
        refused=int(sums.get("hookline_endpoint_refused_total", 0)),
    )
