"""What is to be done about a dead letter: for the page and the terminal."""

from __future__ import annotations

from typing import NamedTuple

from app.core.undecodable import NO_ENDPOINT, STORED_BEFORE
from app.read.dead_letters import Letter

_BY_REASON = {
    "not_json": "The sender's body is broken. Where a relay stands between, see whether it cuts or "
    "rewrites bodies; else show it to the vendor.",
    "not_an_object": "The sender's body is JSON, and no object. Show it to the vendor.",
    "unknown_event": "Hookline does not know this event. If it matters, add it (README, how to add "
    "an event); if not, switch it off at the vendor.",
    "no_key": "Nothing in it says which conversation, call or contact it is about. Compare the "
    "path with the vendor's page: the id has moved, or was left out.",
    "schema_mismatch": "The field at the path is of another type than its schema says. Compare "
    "with the vendor's page; a new version of the schema may be due.",
    "internal": "A fault of Hookline's own: report it with this fingerprint.",
}
_FOREIGN = (
    "Something else than an endpoint writes to the raw topic: its headers may tell what. Have it "
    "send to an endpoint, or write elsewhere. This record cannot be taken in."
)
_KNOWN_SINCE = "Hookline knows this event by now."
_DONE = "It was redriven: nothing."
_THEN = "Once the cause is mended, {} takes it in."
_NOW = "Its cause is mended: {} takes it in. {} first what would change."


class Redrive(NamedTuple):
    """What is called a redrive where the advice is read, and how a sentence begins there that says
    what shows it beforehand.
    """

    name: str
    preview_shows: str


def what_to_do(one: Letter, redrive: Redrive, *, mended: bool) -> str:
    """`mended`: it decodes today."""
    if one.is_closed:
        return _DONE
    if mended:
        return _NOW.format(*redrive)
    if one.message.startswith(NO_ENDPOINT):
        return _FOREIGN
    if one.message.startswith(STORED_BEFORE):
        return f"{_KNOWN_SINCE} {_THEN.format(redrive.name)}"
    return f"{_BY_REASON.get(one.reason, '')} {_THEN.format(redrive.name)}".strip()
