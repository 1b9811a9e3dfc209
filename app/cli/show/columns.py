"""How wide a column is whose texts people copy."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text


def width_of(texts: Iterable[Text], most: int) -> int:
    """For `Table.add_column`: as its widest text, so that none is folded, but `most` columns where
    one is wider than that: it is folded, for what stands beside it is to be seen, too.
    """
    return max(1, min(most, max((text.cell_len for text in texts), default=1)))
