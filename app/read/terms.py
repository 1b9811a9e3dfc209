"""What somebody typed to search for, as the terms that a row must hold, each of them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from app.core.projection import Table
from app.core.webhook import parse_key
from app.read.folding import digits, folded, is_number
from app.read.tables import table_of

_FEWEST_DIGITS = 5  # of what is taken for a telephone number
_LOCAL = 8  # digits that tell a number wherever it is called from


class Term(msgspec.Struct, frozen=True):
    """Holds where one of `any_of` stands anywhere in the text. `number` is a telephone number's
    digits, empty for other terms: it also holds where a line of the text is the same number as
    it is called from nearer by, without the country.
    """

    any_of: tuple[str, ...]
    number: str = ""

    def is_in(self, text: str) -> bool:
        """`text` is folded: see `search_text`."""
        return any(one in text for one in self.any_of) or (
            bool(self.number) and any(map(self._is_nearer, text.split("\n")))
        )

    def _is_nearer(self, line: str) -> bool:
        local = line.lstrip("0")
        return len(local) >= _LOCAL and local.isdecimal() and self.number.endswith(local)

    @property
    def local(self) -> str:
        """Of a telephone number the digits that tell it wherever it is called from; else empty."""
        return self.number[-_LOCAL:]


class Search(NamedTuple):
    """Of `source` and `table`, where these are given, and each of `terms` is in its text.
    `holds_none`: nothing of what was typed can be searched for, control characters, say.
    """

    source: str | None
    table: Table | None
    terms: list[Term]
    holds_none: bool = False


def search(q: str) -> Search:
    """What somebody typed: a key, or the beginning of one; any other text is words."""
    try:
        key = parse_key(q.strip())
    except ValueError:  # or it ends before its id
        return _for(q)
    table = table_of(q.strip())
    return _for(q) if table is None else _for(key.id, key.source, table)


def _for(text: str, source: str | None = None, table: Table | None = None) -> Search:
    wanted = terms(text)
    return Search(source, table, wanted, holds_none=bool(text.strip()) and not wanted)


def terms(q: str) -> list[Term]:
    """A text that is a telephone number as a whole is one term; else each word is."""
    text = folded(q).strip()
    if not text:
        return []
    if _is_number(text):
        return [_number(text)]
    return [_number(word) if _is_number(word) else _word(word) for word in text.split()]


def _word(text: str) -> Term:
    """The beginning of a telephone number is looked for by its digits."""
    return Term((text.removeprefix("+") if is_number(text) else text,))


def _is_number(text: str) -> bool:
    return is_number(text) and len(digits(text)) >= _FEWEST_DIGITS


def _number(text: str) -> Term:
    """Also without the zero that stands before it in its own country."""
    plain = digits(text)
    local = plain.lstrip("0")
    ways = tuple(dict.fromkeys(one for one in (text, plain, local) if len(one) >= _FEWEST_DIGITS))
    return Term(ways, local if len(local) > _LOCAL else "")
