"""Dead letters in the view, and what closes them, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from app.core.dead_letter import closing_headers, dead_letter_headers
from app.core.undecodable import Undecodable
from app.core.webhook import Headers
from app.inspector.view.letter_list import LetterQuery
from app.inspector.view.writer import Batch
from app.kafka.record import Record
from app.read.dead_letters import Letter, letter, sorted_out
from tests.unit.inspector.view.feeding import FedView

RAW, COPY = (1, 7), (0, 9)
OPEN, ALL = LetterQuery(), LetterQuery(closed=True)


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[FedView]:
    fed = FedView(tmp_path)
    yield fed
    fed.close()


def headers() -> Headers:
    named = [("ce_id", b"1"), ("ce_source", b"varda"), ("ce_type", b"varda.unknown")]
    return dead_letter_headers(named, "webhooks.raw", *RAW, Undecodable("no_key", "there is none"))


def written(place: int) -> Letter:
    key = b"varda/unknown/1"
    return letter(Record("webhooks.dead", 1, place, key, b"{}", headers(), 5))


def closing(place: int) -> Letter:
    key, named = b"varda/unknown/1", closing_headers(headers(), COPY)
    return letter(Record("webhooks.dead", 1, place, key, b"", named, 6))


def put(fed: FedView, *letters: Letter) -> None:
    fed.writer.write(Batch(letters=[(one, 1_000 + one.offset) for one in letters]))


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
def test_in_any_order_it_is_closed_and_the_letter_is_shown(
    fed: FedView, order: tuple[int, ...], at_once: bool
) -> None:
    """Also where a worker wrote it twice: as all who read the topic see it."""
    kinds = (written, written, closing)
    letters = [kinds[kind](place) for place, kind in enumerate(order)]
    for some in [letters] if at_once else [[one] for one in letters]:
        put(fed, *some)
    assert fed.view.letters(OPEN, 9).items == []
    (shown,) = fed.view.letters(ALL, 9).items
    (expected,) = sorted_out(letters).redriven
    assert (shown.place, shown.reason, shown.copy) == (expected.place, "no_key", "0:9")
    assert shown.is_closed
    (cause,) = fed.view.letter_groups()
    assert (cause.count, cause.redriven, cause.reason) == (0, 1, "no_key")


def test_it_expires_with_the_letter_that_took_the_place_of_its_closing(fed: FedView) -> None:
    put(fed, closing(0))
    put(fed, written(5))
    fed.writer.write(Batch(first={1: 3}))
    assert len(fed.view.letters(ALL, 9).items) == 1
    fed.writer.write(Batch(first={1: 6}))
    assert fed.view.letters(ALL, 9).items == []
