"""What every engine is told: where Kafka is, which topics, where state may lie."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

COMMIT_S = 1.0


class Told(NamedTuple):
    bootstrap: str
    raw: str
    group: str
    events: str
    rows: str
    partitions: int
    folder: Path


def told() -> Told:
    options = argparse.ArgumentParser()
    for name in ("bootstrap", "raw", "group", "events", "rows"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--partitions", type=int, required=True)
    options.add_argument("--folder", type=Path, required=True)
    return Told(**vars(options.parse_args()))
