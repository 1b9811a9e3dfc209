"""What is to be done about a dead letter, by its reason: for the page and the terminal."""

from __future__ import annotations

WHAT_TO_DO = {
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
