"""People of a row: given statements in any order, then one memory of them, as small as can be."""

from __future__ import annotations

from itertools import permutations

import pytest

from app.core.facts import Person
from app.core.people import Role, Shown
from app.core.stamps import stamp

ID_ALONE = Person(id="7")
NAMED = Person(id="7", name="Ines")


def remembered(statements: list[tuple[int, Person]]) -> Role:
    """The role after these statements, each at its time."""
    role, shown = Role(), None
    for at, person in statements:
        shown = role.take(person, stamp(at, b"%08d" % at), shown)
    return role


def stamps_of(role: Role) -> list[list[bytes]]:
    return [[statement.by for statement in known.statements] for known in role.known]


@pytest.mark.parametrize("times", [range(100), range(100, 0, -1)], ids=["in order", "backwards"])
def test_an_id_said_alone_is_remembered_once(times: range) -> None:
    role = remembered([(at, ID_ALONE) for at in times])
    assert stamps_of(role) == [[stamp(max(times), b"%08d" % max(times))]]


def test_what_is_remembered_of_a_person_does_not_depend_on_order() -> None:
    statements = [(1, NAMED), (2, ID_ALONE), (3, ID_ALONE), (4, Person(id="7", email=None))]
    memories = [stamps_of(remembered(list(some))) for some in permutations(statements)]
    assert all(memory == memories[0] for memory in memories)


def test_an_id_said_alone_takes_nothing_from_what_is_known() -> None:
    role, shown = Role(), None
    for at, person in [(2, ID_ALONE), (1, NAMED)]:
        shown = role.take(person, stamp(at, b"%08d" % at), shown)
    assert shown == Shown(id="7", name="Ines")
