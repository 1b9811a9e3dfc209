"""docs/scale.md: its plan follows from its figures, and what it names is there."""

from __future__ import annotations

import math
import re

from app.kafka.topics import Topics
from app.settings import PREFIX, Settings
from tests.unit.docs.pages import DOCS, page, tables

BUSY, COPIES, DAY_S = 0.7, 3, 86_400
LEAST_PARTITIONS = 8
MB, GB = 1e6, 1e9


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def measured(beginning: str) -> float:
    [figure] = [
        row[1] for row in tables("scale.md") if len(row) == 3 and row[0].startswith(beginning)
    ]
    return _number(figure)


def plan(rate: float) -> list[str]:
    """A row of the second table."""
    workers = math.ceil(rate * measured("worker, CPU s") / 1e5 / BUSY)
    partitions = max(LEAST_PARTITIONS, 2 ** math.ceil(math.log2(2 * workers)))
    raw = measured("bytes an event, raw")
    written = rate * (raw + sum(map(measured, ("bytes an event, `e", "bytes an event, `s")))) / MB
    cores = rate * measured("the same of the broker") / 1e5 * COPIES
    daily = rate * raw * DAY_S * COPIES / GB
    figures = [rate, workers, partitions, written, COPIES * written, cores, daily]
    return [f"{one:,.0f}" if one >= 10 else f"{one:.2g}" for one in figures]


def test_the_plan_follows_from_the_figures() -> None:
    planned = [row for row in tables("scale.md") if len(row) == 7]
    assert [row[0] for row in planned] == ["1,000", "100,000", "1,000,000"]
    assert planned == [plan(_number(row[0])) for row in planned]


def test_its_settings_topics_benchmarks_and_pages_are_there() -> None:
    text = page("scale.md")
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}\w+", text)) <= settings
    topics = re.findall(r"`((?:webhooks|state)\.[a-z]+)`", text)
    assert topics
    assert set(topics) <= set(Topics())
    benchmarks = DOCS.parent / "tests" / "benchmarks"
    for name in re.findall(r"`(bench_\w+)", text):
        assert (benchmarks / f"{name}.py").exists()
    for name in re.findall(r"\]\((\w+\.md)\)", text):
        assert (DOCS / name).exists()
