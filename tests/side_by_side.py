"""How pytest-xdist runs the tests: files side by side, each of its workers beside its own Kafka."""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

MOST = 4
"""So many files at a time at most: the processes that tests start need memory."""

TOGETHER = ("tests/browser/",)
"""Folders whose files share what is slow to start: one worker runs them all."""


class Files(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, TOGETHER), super()._split_scope(nodeid))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """None where single files are named: for those it is not worth the start."""
    if all(argument.partition("::")[0].endswith(".py") for argument in config.args):
        return 0
    return min(MOST, len(os.sched_getaffinity(0)) + 1)  # some of what tests do is to wait


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Files:
    return Files(config, log)
