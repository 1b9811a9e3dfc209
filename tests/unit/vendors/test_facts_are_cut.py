"""However long the texts of an event are, what it says has a greatest length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from app.core import cut
from app.core.catalogue import Catalogue
from app.core.undecodable import Undecodable
from tests.golden import cases

LONG = "x" * 10_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return cases.catalogue()


# Voxsig's texts cannot all be long: some are JSON, some are words of a closed set.
CASES = [case for case in cases.cases() if case.vendor != "voxsig"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_facts_are_cut(case: cases.Case, catalogue: Catalogue) -> None:
    try:
        decoded = catalogue.decode(case.record())
    except Undecodable:
        return
    if decoded.type.facts is None:
        return
    facts = decoded.type.facts(lengthened(decoded.event), case.record())
    assert all(len(name) <= cut.NAME for name in facts.attributes)
    for path, text in texts(facts):
        most = {"text": cut.MESSAGE, "notes": cut.NOTES}.get(path[-1], cut.WORD)
        assert len(text) <= (cut.URL if path[-1].endswith("_url") else most), path


def lengthened(value: Any) -> Any:
    """The event with every text made long; `extra` keeps its JSON."""
    match value:
        case str():
            return LONG
        case msgspec.Struct():
            fields = {name: lengthened(getattr(value, name)) for name in value.__struct_fields__}
            if "extra" in fields:
                fields["extra"] = dict.fromkeys(value.extra, f'"{LONG}"')
            return type(value)(**fields)
        case list():
            return [lengthened(each) for each in value]
        case dict():
            return {name: lengthened(each) for name, each in value.items()}
        case _:
            return value


def texts(value: Any, path: tuple[str, ...] = ("",)) -> Iterator[tuple[tuple[str, ...], str]]:
    match value:
        case str():
            yield path, value
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from texts(getattr(value, name), (*path, name))
        case list():
            for each in value:
                yield from texts(each, path)
        case dict():
            for name, each in value.items():
                yield from texts(each, (*path, name))
        case _:
            return
