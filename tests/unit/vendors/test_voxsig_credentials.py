"""`pubsub_token`, and what an inbox's channel is opened with, reach no event and no fact."""

from __future__ import annotations

import json

import msgspec
import pytest

from app.core.catalogue import Catalogue
from app.core.undecodable import Undecodable
from tests.golden import cases
from tests.golden.cases import Case

MARK = b"credential-"  # every credential of the golden webhooks begins with it


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return cases.catalogue()


def with_credentials() -> list[Case]:
    found = [case for case in cases.cases() if MARK in case.record().body]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("case", with_credentials(), ids=lambda case: case.name)
def test_no_credential_comes_through(case: Case, catalogue: Catalogue) -> None:
    try:
        decoded = catalogue.decode(case.record())
    except Undecodable as error:
        assert MARK.decode() not in str(error)
        return
    written = json.dumps([msgspec.to_builtins(decoded.event), msgspec.to_builtins(decoded.facts)])
    assert MARK.decode() not in written
    assert "pubsub_token" not in written
