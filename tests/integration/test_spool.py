"""Kafka is away, on the real one: what is answered 202 is on the log once it is back."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration import local_http
from tests.integration.endpoint_process import EndpointProcess, call_ended, signed
from tests.integration.mortal import Mortal, mortal
from tests.one_kafka import PARTITIONS

pytestmark = pytest.mark.long(80)

__all__ = ["mortal"]


class Vendor:
    """Sends webhooks all the time, by several connections, and remembers each one's 2xx."""

    def __init__(self, *endpoints: EndpointProcess, connections: int = 8) -> None:
        self.accepted: dict[bytes, str] = {}
        self.statuses: Counter[int] = Counter()
        self._over = False
        self._pool = ThreadPoolExecutor(connections)
        self._sending = [
            self._pool.submit(self._send, endpoints[number % len(endpoints)], number)
            for number in range(connections)
        ]

    def _send(self, endpoint: EndpointProcess, connection: int) -> None:
        with local_http.Client() as client:
            number = 0
            while not self._over:
                number += 1
                body = call_ended(f"{connection}-{number}")
                try:
                    answer = client.post(
                        f"{endpoint.url}/webhooks/shop", content=body, headers=signed(body)
                    )
                except httpx.TransportError:
                    time.sleep(0.02)  # the endpoint was killed
                    continue
                self.statuses[answer.status_code] += 1
                if answer.is_success:
                    self.accepted[body] = answer.text
                time.sleep(0.01)

    def wait_for(self, status: int, more: int = 50) -> None:
        wanted = self.statuses[status] + more
        deadline = time.monotonic() + 30
        while self.statuses[status] < wanted:
            assert time.monotonic() < deadline, self.statuses
            time.sleep(0.01)

    def stop(self) -> dict[bytes, str]:
        """The body of every 2xx, and what it answered."""
        self._over = True
        self._pool.shutdown(wait=True)
        for sending in self._sending:
            sending.result()
        return self.accepted


def missing(sent: dict[bytes, str], mortal: Mortal) -> dict[bytes, str]:
    """Those that are not on the log, and what was answered."""
    there = set(mortal.on_the_log())
    return {body: answer for body, answer in sent.items() if body not in there}


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_every_2xx_is_on_the_log_once_kafka_is_back(mortal: Mortal, how: str) -> None:
    vendor = Vendor(mortal.endpoint)
    vendor.wait_for(200)
    mortal.pause() if how == "paused" else mortal.kill()
    vendor.wait_for(202, 300)
    ready = local_http.get(f"{mortal.endpoint.url}/readyz")
    assert ready.status_code == 200
    assert "Kafka does not answer" in ready.json()["warnings"][0]
    assert mortal.endpoint.metric("hookline_endpoint_kafka_away") == 1
    assert mortal.endpoint.metric("hookline_endpoint_spool_entries") > 0
    assert mortal.spool_files()

    mortal.resume() if how == "paused" else mortal.start()
    vendor.wait_for(200)
    sent = vendor.stop()
    mortal.endpoint.wait_until_drained()
    assert missing(sent, mortal) == {}
    assert set(mortal.on_the_log()) <= set(sent)
    assert set(vendor.statuses) == {200, 202}
    assert mortal.endpoint.metric("hookline_endpoint_spool_drained_total") > 0
    assert mortal.endpoint.metric("hookline_endpoint_kafka_away") == 0
    eventually(lambda: mortal.spool_files() == [])
    assert "Traceback" not in mortal.endpoint.written()


def test_a_kafka_that_is_known_to_be_away_gets_no_more_than_what_tries_it(mortal: Mortal) -> None:
    mortal.pause()
    assert mortal.post("first").status_code == 202
    assert [mortal.post(f"then-{n}").status_code for n in range(20)] == [202] * 20
    assert mortal.endpoint.metric("hookline_endpoint_waiting") <= 1
    mortal.resume()
    mortal.endpoint.wait_until_drained()
    assert len(set(mortal.on_the_log())) == 21


def test_an_endpoint_killed_while_it_spools_and_while_it_drains_loses_nothing(
    mortal: Mortal,
) -> None:
    mortal.pause()
    vendor = Vendor(mortal.endpoint)
    vendor.wait_for(202, 500)
    mortal.endpoint.child.kill()
    sent = vendor.stop()
    assert len(sent) >= 500

    second = mortal.another("second")
    second.wait_until_it_takes_webhooks()
    vendor = Vendor(second)
    vendor.wait_for(202, 500)
    mortal.resume()
    eventually(lambda: second.metric("hookline_endpoint_spool_drained_total") > 0)
    second.child.kill()
    sent |= vendor.stop()

    third = mortal.another("third")
    try:
        third.wait_until_ready()
        third.wait_until_drained()
        eventually(lambda: mortal.spool_files() == [])
        assert missing(sent, mortal) == {}
        assert "damaged" not in third.written()
    finally:
        third.child.stop(8)


def test_two_endpoints_share_a_folder_and_one_drains_what_the_other_left(mortal: Mortal) -> None:
    second = mortal.another("second")
    try:
        second.wait_until_ready()
        mortal.pause()
        vendor = Vendor(mortal.endpoint, second)
        vendor.wait_for(202, 400)
        assert len(mortal.spool_files()) >= 2
        second.child.kill()
        vendor.wait_for(202, 100)
        sent = vendor.stop()
        mortal.resume()
        mortal.endpoint.wait_until_ready()
        eventually(lambda: mortal.spool_files() == [])
        assert missing(sent, mortal) == {}
    finally:
        second.child.stop(8)


def test_an_endpoint_starts_while_kafka_is_away_and_checks_the_topics_when_it_comes(
    mortal: Mortal,
) -> None:
    mortal.kill()
    right, wrong = mortal.another("right"), mortal.another("wrong", partitions=8)
    try:
        for endpoint in (right, wrong):
            endpoint.wait_until_it_takes_webhooks()
            assert mortal.post("early", endpoint).status_code == 202
        mortal.start()
        right.wait_until_ready()
        right.wait_until_drained()
        assert call_ended("early") in mortal.on_the_log()
        assert wrong.child.wait(20)
        assert wrong.child.exit_code() == 2
        assert "has 4 partitions, 8 expected" in wrong.written()
        assert "Traceback" not in wrong.written()
    finally:
        right.child.stop(8)
        wrong.child.stop(8)


IN_A_SMALL_DISK = 'mount -t tmpfs -o size=600k tmpfs "$1" || exit 77; shift; exec "$@"'


def test_a_full_disk_is_503_and_no_2xx_is_lost(mortal: Mortal, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mortal.pause()
    inside = ("unshare", "-rm", "sh", "-c", IN_A_SMALL_DISK, "sh", str(small))
    if subprocess.run([*inside, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a disk of its own needs rights that are not there")
    endpoint = EndpointProcess(
        tmp_path, mortal.broker.bootstrap, mortal.topics.prefix, PARTITIONS,
        inside=inside, data_dir=small,
    )  # fmt: skip
    try:
        endpoint.wait_until_it_takes_webhooks()
        vendor = Vendor(endpoint)
        vendor.wait_for(202)
        vendor.wait_for(503, 200)
        ready = local_http.get(f"{endpoint.url}/readyz")
        assert ready.status_code == 503
        assert "No space left on device" in ready.json()["not_ready"][-1]
        assert endpoint.metric("hookline_endpoint_refused_total") >= 200
        assert "the spool cannot be written: webhooks are refused" in endpoint.written()
        mortal.resume()
        vendor.wait_for(200)
        sent = vendor.stop()
        endpoint.wait_until_drained()
        assert missing(sent, mortal) == {}
        assert set(vendor.statuses) == {200, 202, 503}
        endpoint.wait_until_ready()
        assert "Traceback" not in endpoint.written()
    finally:
        endpoint.child.stop(8)


def test_a_full_spool_is_503_at_once_and_says_when_to_try_again(mortal: Mortal) -> None:
    mortal.pause()
    endpoint = mortal.another("small", endpoint_spool_max_bytes=1024 * 1024)
    try:
        endpoint.wait_until_it_takes_webhooks()
        large = call_ended("large").ljust(1_000_000)
        answer = local_http.post(
            f"{endpoint.url}/webhooks/shop", content=large, headers=signed(large), timeout=10
        )
        assert answer.status_code == 202
        answer = local_http.post(
            f"{endpoint.url}/webhooks/shop", content=large, headers=signed(large)
        )
        assert (answer.status_code, answer.json()["error"]) == (503, "spool_full")
        assert int(answer.headers["retry-after"]) > 0
        assert local_http.get(f"{endpoint.url}/readyz").status_code == 503
        mortal.resume()
        endpoint.wait_until_ready()
        endpoint.wait_until_drained()
        assert large in mortal.on_the_log()
    finally:
        endpoint.child.stop(8)


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
