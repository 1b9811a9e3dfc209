"""`pytest tests/e2e/test_readme.py --rewrite-readme` puts what is printed into README.md."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-readme", action="store_true", help="write README's outputs as they are"
    )


@pytest.fixture(scope="session")
def rewrite(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--rewrite-readme", default=False)
