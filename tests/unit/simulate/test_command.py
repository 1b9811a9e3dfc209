"""`hookline simulate`, as a process, against the real endpoint over a log in memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.vendors import VENDORS
from app.endpoint.log import MemoryLog
from app.simulate import expectation
from app.simulate.expectation import differences
from app.sources import load_sources
from tests.property.seam import folded_rows
from tests.unit.simulate.serving import endpoint_of_its_own, stored

CONFIG = "".join(
    f'[[source]]\nname = "{vendor}"\nvendor = "{vendor}"\naccount_id = "1"\n'
    'secrets = ["${SHOP_SECRET}"]\n'
    for vendor in ("voiso", "varda", "convocore", "voxsig")
)


class Bench:
    """A shop's configuration, its endpoint, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = MemoryLog()
        self.config = folder / "hookline.toml"
        self.config.write_text(CONFIG)
        self.sources = load_sources(self.config, VENDORS, {"SHOP_SECRET": "the shop's secret"})
        self.environment = os.environ | {
            "SHOP_SECRET": "the shop's secret",
            "HOOKLINE_CONFIG": str(self.config),
        }

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app.cli.main", "simulate", *options]
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        process = self.start(*options)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def url(bench: Bench) -> Iterator[str]:
    with endpoint_of_its_own(bench.log, bench.sources) as url:
        yield url


def test_it_sends_what_it_says_and_the_rows_result(bench: Bench, url: str) -> None:
    file = bench.folder / "expected.jsonl"
    code, out, err = bench.run(
        "--url", url, "--count", "700", "--rate", "0", "--seed", "5", "--expect", str(file)
    )
    assert code == 0, err
    assert out.startswith(f"Sent 700 webhooks to {url} in ")
    assert "700 receipts" in out
    with file.open("rb") as lines:
        expected = list(expectation.read(lines))
    rows = folded_rows(stored(bench.log))
    assert [line for row in expected for line in differences(row, rows.get(row.key))] == []
    assert {row.key for row in expected} == rows.keys()
    for table in ("conversations", "calls", "contacts"):
        count = sum(row.__struct_config__.tag == table for row in expected)
        assert f"{table:<14}{count:>7,}" in out


def test_json_holds_every_count(bench: Bench, url: str) -> None:
    code, out, _ = bench.run("--url", url, "--count", "400", "--rate", "0", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["webhooks"] == said["receipts"] == len(bench.log.records) == 400
    assert sum(sent["webhooks"] for sent in said["sent"].values()) == 400
    assert sum(said["dead_letters"].values()) == sum(s["broken"] for s in said["sent"].values())
    again = sum(sent["duplicates"] for sent in said["sent"].values())
    assert again == 400 - len({record.id for record in bench.log.records})


def test_seed_and_start_repeat_a_run_byte_for_byte(bench: Bench, url: str) -> None:
    options = ("--url", url, "--count", "60", "--seed", "5", "--start", "2026-03-25T18:30:00Z")
    bench.run(*options, "--rate", "0", "--connections", "1")
    bench.run(*options, "--rate", "0", "--connections", "1")
    bodies = [record.body for record in bench.log.records]
    assert bodies[:60] == bodies[60:]


def test_a_duration_at_a_rate_is_a_count(bench: Bench, url: str) -> None:
    code, out, _ = bench.run("--url", url, "--duration", "0.5", "--rate", "100", "--json")
    said = json.loads(out)
    assert (code, said["webhooks"]) == (0, 50)
    assert 0.4 < said["seconds"] < 2


def test_an_interrupt_lets_the_stories_end(bench: Bench, url: str) -> None:
    process = bench.start("--url", url, "--count", "100000", "--rate", "2000", "--json")
    deadline = time.monotonic() + 20
    while len(bench.log.records) < 100 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    said = json.loads(out)
    assert process.returncode == 0, err
    assert said["webhooks"] == len(bench.log.records) < 10_000
    assert said["incomplete_rows"] == 0


def test_an_endpoint_that_refuses_is_told_and_its_rows_are_not_expected(
    bench: Bench, url: str
) -> None:
    bench.environment["SHOP_SECRET"] = "another secret"
    file = bench.folder / "expected.jsonl"
    code, out, _ = bench.run("--url", url, "--count", "50", "--rate", "0", "--expect", str(file))
    assert code == 1
    assert "not taken: 50 for HTTP 401" in out
    with file.open("rb") as lines:
        assert all(not row.complete for row in expectation.read(lines))
    assert bench.log.records == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--url", "http://127.0.0.1:9"), "http://127.0.0.1:9"),
        (("--url", "https://example.com"), "https://example.com"),
        (("--start", "yesterday"), "--start"),
        (("--config", "no/such.toml"), "no/such.toml"),
    ],
)
def test_what_the_user_can_put_right_is_named(
    bench: Bench, options: tuple[str, ...], named: str
) -> None:
    code, out, err = bench.run(*options)
    assert (code, out) == (2, "")
    assert named in err
    assert "Traceback" not in err


def test_without_a_configuration_it_says_where_one_comes_from(bench: Bench) -> None:
    del bench.environment["HOOKLINE_CONFIG"]
    bench.environment["HOOKLINE_DATA_DIR"] = str(bench.folder / "nothing")
    code, _, err = bench.run()
    assert code == 2
    assert "hookline dev" in err


def test_it_takes_the_configuration_that_dev_made(bench: Bench, url: str) -> None:
    del bench.environment["HOOKLINE_CONFIG"]
    bench.environment["HOOKLINE_DATA_DIR"] = str(bench.folder)
    bench.environment["HOOKLINE_ENDPOINT_PORT"] = url.rpartition(":")[2]
    code, out, err = bench.run("--count", "20", "--rate", "0")
    assert code == 0, err
    assert url in out
