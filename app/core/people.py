"""People of a row: what is known of each id, merged field by field; two people never mix."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from app.core import facts
from app.core.stamps import NEVER, SIZE

MOST = 64  # people a role keeps: the first ids in text order, so that arrival does not matter
FIELDS = ("name", "email", "phone", "handle", "extension")


class Known(msgspec.Struct, kw_only=True):
    """What is known of one person; `id` None gathers what was said without an id.

    `stamps` are those of FIELDS, side by side.
    """

    id: str | None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    handle: str | None = None
    extension: str | None = None
    stamps: bytearray = msgspec.field(default_factory=lambda: bytearray(SIZE * len(FIELDS)))


class Role(msgspec.Struct, kw_only=True):
    """The people who ever had one role in a row (contact, assignee, agent).

    `id` is the one last named, by `named`; None there with a `named` is an explicit nobody.
    """

    id: str | None = None
    named: bytes = NEVER
    known: list[Known] = []

    def take(self, person: facts.Person | UnsetType | None, by: bytes) -> bool:
        """Take what an event says; True where the role may now show something else."""
        if person is UNSET:
            return False
        if person is None or person.id is not None:
            self._name(None if person is None else person.id, by)
        if person is not None:
            self._merge(person, by)
        return True

    def _name(self, id: str | None, by: bytes) -> None:
        if by > self.named:
            self.named, self.id = by, id

    def _merge(self, person: facts.Person, by: bytes) -> None:
        known = self.find(person.id)
        if known is None:
            known = Known(id=person.id)
            self.known.append(known)
        stamps = known.stamps
        for n, name in enumerate(FIELDS):
            value = getattr(person, name)
            if value is not UNSET and by > stamps[n * SIZE : n * SIZE + SIZE]:
                stamps[n * SIZE : n * SIZE + SIZE] = by
                setattr(known, name, value)
        if len(self.known) > MOST:
            self.known.sort(key=lambda one: one.id or "")
            del self.known[MOST:]

    def find(self, id: str | None) -> Known | None:
        for known in self.known:
            if known.id == id:
                return known
        return None

    def shown(self) -> Known | None:
        """The one last named, else the one without an id. Of one beyond MOST only the id."""
        if self.named == NEVER:
            return self.find(None)
        if self.id is None:
            return None
        return self.find(self.id) or Known(id=self.id)
