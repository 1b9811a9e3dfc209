"""Text as it is compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.read.folding import digits, folded


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Eva NOVÁK", "eva novak"),
        ("e\u0301", "é"),
        ("Straße", "STRASSE"),
        ("ΓΙΏΡΓΟΣ", "γιωργος"),
        ("\uff26\uff35\uff2c\uff2c\u3000\uff11\uff12", "full 12"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("Ørsted", "ørsted"),
        ("מַיִם", "מים"),
    ],
)
def test_what_is_the_same(text: str, same: str) -> None:
    assert folded(text) == folded(same)


@given(st.text())
def test_it_is_folded_once_and_for_all(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert not any("\ue000" <= one <= "\uf8ff" or one < "\n" for one in once)


def test_ascii_is_folded_as_in_other_company() -> None:
    ascii = "".join(map(chr, range(128)))
    assert folded(f"{ascii}ж") == f"{folded(ascii)}ж"
    assert folded("A\tB\nC\x7f") == "a b\nc\x7f"


@given(st.text())
def test_how_its_accents_are_written_does_not_count(text: str) -> None:
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "spelled",
    ["+447987000126", "447987000126", "+44 7987 000126", "00447987000126", "+44 (0)7987-000.126"],
)
def test_a_number_by_its_digits(spelled: str) -> None:
    assert digits(spelled) == "447987000126"
