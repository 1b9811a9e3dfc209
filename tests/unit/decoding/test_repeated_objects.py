"""An object that comes again and again is made once, and judged each time."""

from __future__ import annotations

from app.core.decoding.seen import LONGEST, MOST
from tests.unit.decoding.decoded import DECODER, fields_of, refused
from tests.unit.decoding.orders import as_json, order


def test_a_repeated_object_is_made_once() -> None:
    buyer = {"id": 7, "name": "Ann"}
    first = DECODER.decode(as_json(order(buyer=buyer)))
    second = DECODER.decode(as_json(order(buyer=buyer, count=2)))
    drifted = DECODER.decode(as_json(order(buyer=buyer, new=1)))

    assert first.buyer is second.buyer is drifted.buyer
    assert (first.buyer.id, first.buyer.name) == ("7", "Ann")


def test_a_repeated_object_is_judged_as_any_other() -> None:
    for _ in range(2):
        assert refused(as_json(order(buyer={"name": 5}))).path == "$.buyer.name"
        assert fields_of(buyer={"id": 1, "new": 2}).extra == {"buyer.new": "2"}
        assert fields_of(buyer={"id": 1, "secret": "x"}).buyer.id == "1"


def test_what_is_remembered_is_bounded() -> None:
    for n in range(3 * MOST):
        assert DECODER.decode(as_json(order(buyer={"id": n}))).buyer.id == str(n)
    large = {"id": 1, "name": "a" * LONGEST}
    first, second = (DECODER.decode(as_json(order(buyer=large))) for _ in range(2))
    assert first == second
    assert first.buyer is not second.buyer
