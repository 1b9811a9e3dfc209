"""Given a webhook as it came, then this event, saying this; or this dead letter."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from app.core.catalogue import Catalogue
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from tests.golden import cases
from tests.golden.cases import Case


@lru_cache
def catalogue() -> Catalogue:
    return cases.catalogue()


@pytest.mark.parametrize("case", cases.cases(), ids=lambda case: case.name)
def test_webhook_becomes(case: Case, regenerate: bool) -> None:
    record = case.record()
    try:
        outcome = catalogue().decode(record)
    except Undecodable as undecodable:
        outcome = undecodable
    for name, expected in cases.result(record, outcome).files.items():
        path = case.folder / f"{name}.json"
        if regenerate:
            _write(path, expected)
        found = json.loads(path.read_text()) if path.exists() else None
        assert found == expected, f"{case.name}/{name}.json (--regenerate writes it anew)"


def _write(path: cases.Path, content: object) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_event_has_a_case(vendor) -> None:
    types = {case.record().type for case in cases.cases() if case.vendor == vendor.name}
    missing = [
        event.name
        for event in vendor.events
        if not any(
            type == f"{vendor.name}.{event.name}"
            or (event.name.endswith(".") and type.startswith(f"{vendor.name}.{event.name}"))
            for type in types
        )
    ]
    assert missing == []
