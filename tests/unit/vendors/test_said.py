"""What most vendors' events say: a missing field and a null say nothing."""

from __future__ import annotations

from msgspec import UNSET

from app.core.cut import WORD
from app.core.facts import Person
from app.core.vendors.said import person, words


def test_words_are_those_that_are_said_cut() -> None:
    assert words(a=None, b="", c="x" * (WORD + 1), d=None, e="y") == {
        "b": "",
        "c": "x" * WORD,
        "e": "y",
    }
    assert words() == {}


def test_a_person_of_whom_nothing_is_said_is_not_there() -> None:
    assert person(None) is UNSET
    assert person(None, name="") is UNSET
    assert person("7", name="x" * 300) == Person(id="7", name="x" * WORD)
