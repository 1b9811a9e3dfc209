"""The row of a contact, and how facts fold into it."""

from __future__ import annotations

import msgspec

from app.core.facts import ContactFacts
from app.core.ledger import Ledger
from app.core.row import Fold, Row, Step, add_entry, take_common
from app.core.stamps import places, stamp, take

VALUES = (
    "type",
    "name",
    "email",
    "phone",
    "handle",
    "organisation_id",
    "organisation_name",
    "deleted",
)
PLACES = places(VALUES)


class ContactFold(Fold, kw_only=True, gc=False):
    """Nothing beyond what every fold remembers."""


class Contact(Row, kw_only=True, gc=False):
    """A row of `state.contacts`, its fields as in schemas/state/contact."""

    contact_id: str
    phase: str = "known"
    type: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    handle: str | None = None
    organisation_id: str | None = None
    organisation_name: str | None = None
    fold: ContactFold = msgspec.field(
        default_factory=lambda: ContactFold(stamps=bytearray(16 * len(VALUES)))
    )

    @property
    def deleted(self) -> bool:
        return self.phase == "deleted"

    @deleted.setter
    def deleted(self, value: bool) -> None:
        self.phase = "deleted" if value else "known"


def apply(row: Contact, ledger: Ledger, said: ContactFacts, step: Step) -> None:
    """Take one new event into the row. The oldest facts there are never beat another's."""
    if said.oldest:
        step = msgspec.structs.replace(step, by=stamp(0, step.event))
    take_common(row, row.fold, said, step)
    take(row, row.fold.stamps, PLACES, said.values, step.by)
    add_entry(ledger, step)
