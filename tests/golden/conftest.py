"""`pytest tests/golden --regenerate` writes the expected files anew: read the difference."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write the golden files from what the code makes of the webhooks",
    )


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--regenerate", default=False)
