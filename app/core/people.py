"""People of a row: what is known of each id, merged field by field; two people never mix.

Of each person the statements are kept that are still the latest word on some field: almost
always one. So to take a statement is mostly to put it in the place of the one before.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from app.core import facts
from app.core.stamps import NEVER

MOST = 64  # people a role keeps: the first ids in text order, so that arrival does not matter
FIELDS = ("name", "email", "phone", "handle", "extension")


class Shown(msgspec.Struct, gc=False):
    """A person as the row shows it. Never changed; `encoded` is the encoder's own."""

    id: str | None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    handle: str | None = None
    extension: str | None = None
    encoded: str | None = None


class Said(msgspec.Struct, gc=False):
    """What was said of a person. `says` is a bit mask of FIELDS. Never changed; `encoded` is the
    encoder's own.
    """

    says: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    handle: str | None = None
    extension: str | None = None
    encoded: str | None = None


class Statement(msgspec.Struct, gc=False):
    """What one event (its stamp: `by`) said of a person. `person` is what `said` was made from,
    to see at once when it is only said again (the schema has it not).
    """

    by: bytes
    said: Said
    person: facts.Person | None = None


class Known(msgspec.Struct, gc=False):
    """What is known of one person, the latest statement last; `id` None gathers what was said
    without an id.
    """

    id: str | None
    statements: list[Statement]


class Role(msgspec.Struct, kw_only=True, gc=False):
    """The people who ever had one role in a row (contact, assignee, agent).

    `id` is the one last named, by `named`; None there with a `named` is an explicit nobody.
    """

    id: str | None = None
    named: bytes = NEVER
    known: list[Known] = []

    def take(self, person: facts.Person | None, by: bytes, shown: Shown | None) -> Shown | None:
        """Take what an event says; returns whom the row shows now (`shown` is whom it showed)."""
        if person is not None and shown is not None and self._only_again(person, by, shown):
            return shown
        if (person is None or person.id is not None) and by > self.named:
            self.named, self.id = by, None if person is None else person.id
        if person is not None:
            self._merge(person, by)
        return self._shown()

    def _only_again(self, person: facts.Person, by: bytes, shown: Shown) -> bool:
        """True where a later event says of the shown person what the latest one said: the common
        case, and only stamps move.
        """
        id = person.id
        if id != shown.id or by <= self.named:
            return False
        known = self.known[0] if len(self.known) == 1 else self._find(id)
        last = None if known is None else known.statements[-1]
        if last is None or last.person != person or by <= last.by:
            return False
        last.by = by
        if id is not None:
            self.named = by
        return True

    def _merge(self, person: facts.Person, by: bytes) -> None:
        new = _statement(person, by)
        known = self._find(person.id)
        if known is None:
            self.known.append(Known(person.id, [new]))
            if len(self.known) > MOST:
                self.known.sort(key=lambda one: one.id or "")
                del self.known[MOST:]
            return
        statements = known.statements
        last = statements[-1]
        if by > last.by and len(statements) == 1 and last.said.says & ~new.said.says == 0:
            statements[0] = new
        else:
            known.statements = _winning([*statements, new])

    def _find(self, id: str | None) -> Known | None:
        for known in self.known:
            if known.id == id:
                return known
        return None

    def _shown(self) -> Shown | None:
        """The one last named, else the one without an id. Of one beyond MOST only the id."""
        nobody = self.id is None and self.named != NEVER
        known = None if nobody else self._find(self.id)
        if known is None:
            return None if self.id is None else Shown(self.id)
        return _merged(known)


def _statement(person: facts.Person, by: bytes) -> Statement:
    name, email, phone = person.name, person.email, person.phone
    handle, extension = person.handle, person.extension
    says = 0
    if name is UNSET:
        name = None
    else:
        says = 1
    if email is UNSET:
        email = None
    else:
        says |= 2
    if phone is UNSET:
        phone = None
    else:
        says |= 4
    if handle is UNSET:
        handle = None
    else:
        says |= 8
    if extension is UNSET:
        extension = None
    else:
        says |= 16
    return Statement(by, Said(says, name, email, phone, handle, extension), person)


def _winning(statements: list[Statement]) -> list[Statement]:
    """The latest, and before it those that are still the latest word on some field: a statement
    that gives an id alone is kept only as the latest, else every one of them would stay.
    """
    statements.sort(key=lambda one: one.by)
    covered = 0
    winning: list[Statement] = []
    for one in reversed(statements):
        if one.said.says & ~covered or not winning:
            winning.append(one)
            covered |= one.said.says
    winning.reverse()
    return winning


def _merged(known: Known) -> Shown:
    if len(known.statements) == 1:
        said = known.statements[0].said
        return Shown(known.id, said.name, said.email, said.phone, said.handle, said.extension)
    fields: dict[str, str | None] = {}
    for one in known.statements:
        said = one.said
        fields.update(
            (name, getattr(said, name)) for n, name in enumerate(FIELDS) if said.says >> n & 1
        )
    return Shown(known.id, **fields)
