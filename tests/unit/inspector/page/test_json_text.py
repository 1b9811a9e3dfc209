"""JSON on the page: coloured, and never more than text."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.inspector.page.json_text import coloured, coloured_changes, pretty, pretty_body, visible

TAGS = re.compile(r"</?span(?: class=\"j-(?:key|text|number|word)\")?>")
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda within: some.lists(within) | some.dictionaries(some.text(), within),
    max_leaves=12,
)


@given(anything)
def test_whatever_is_coloured_is_the_same_text(value: object) -> None:
    plain = TAGS.sub("", pretty(value))
    assert "<" not in plain
    assert json.loads(unescape(plain)) == value


def test_keys_and_values_are_told_apart() -> None:
    assert pretty({"a": "b"}) == (
        '{\n  <span class="j-key">&#34;a&#34;</span>: <span class="j-text">&#34;b&#34;</span>\n}'
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [(b"no <json>", "no &lt;json&gt;"), (b"\xff\xfe", "\ufffd\ufffd"), (b"", "")],
)
def test_a_body_that_is_no_json_stays_as_it_is(body: bytes, shown: str) -> None:
    assert pretty_body(body) == shown


def test_characters_that_would_turn_the_text_are_shown_by_their_number() -> None:
    assert visible("a\u202egpj.exe\x1b[2J") == "a\\u202egpj.exe\\u001b[2J"
    assert (
        visible("👩\u200d👧 \u0645\u06cc\u200c\u062e\n") == "👩\u200d👧 \u0645\u06cc\u200c\u062e\n"
    )  # people write so
    assert "\\u200b" in coloured('"a\u200bb"')  # but in a body everything is seen


def test_what_was_added_is_marked_with_a_few_lines_around() -> None:
    before = json.dumps({f"f{n}": n for n in range(30)}, indent=1)
    after = json.dumps({f"f{n}": n for n in range(30)} | {"new": "<b>"}, indent=1)

    found = coloured_changes(after, before)

    assert found.count("<mark>") == 2  # the line before it got a comma
    assert "&lt;b&gt;" in found
    assert "f20" not in found
