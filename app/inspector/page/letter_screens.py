"""Screens of dead letters: by what they have in common, and what a redrive of them would do."""

from __future__ import annotations

from typing import Any

from app.errors import UserError
from app.inspector.page.links import with_query
from app.inspector.page.screen import Answer, Ask, Elsewhere, Screen, not_found
from app.inspector.view.letter_list import LetterQuery
from app.read.advice import WHAT_TO_DO

_LETTERS = 50


def letters_screen(ask: Ask) -> Answer:
    """By cause; those of one key or source where that is asked for."""
    key, source = ask.query.get("key"), ask.query.get("source")
    view = ask.inspected.view
    context: dict[str, Any] = {"key": key, "source": source, "closed": view.closed_letters()}
    if key is None and source is None:
        context |= {"groups": view.letter_groups(), "letters": None}
    else:
        asked = LetterQuery(key=key, source=source, closed=True)
        context |= {"groups": [], "letters": view.letters(asked, _LETTERS, ask.query.get("cursor"))}
    return Screen(template="letters.html", context=context, here="letters")


def cause_screen(ask: Ask) -> Answer:
    """One cause: an example whole, all letters, what they touch."""
    fingerprint = ask.params["fingerprint"]
    view = ask.inspected.view
    page = view.letters(
        LetterQuery(fingerprint=fingerprint, closed=True), _LETTERS, ask.query.get("cursor")
    )
    if not page.items:
        return not_found(
            f"No dead letter has the fingerprint {fingerprint}",
            "They are kept for 90 days; after that only the raw log has them.",
            "letters",
        )
    if ask.query.get("part") == "preview":
        return Screen(template="preview.html", context=_preview(ask, fingerprint))
    group = next((one for one in view.letter_groups() if one.fingerprint == fingerprint), None)
    raw = ask.query.get("raw") or page.items[0].raw
    context = {
        "fingerprint": fingerprint,
        "group": group,
        "page": page,
        "example": _whole(ask, raw),
        "raw": raw,
        "next": page.next and with_query(ask.path, cursor=page.next),
        "what_to_do": WHAT_TO_DO.get(page.items[0].reason, ""),
        "outcome": ask.query.get("redriven"),
    }
    if ask.query.flag("preview"):
        context |= _preview(ask, fingerprint)
    return Screen(template="cause.html", context={"preview": None, **context}, here="letters")


def redrive(ask: Ask) -> Answer:
    """POST: do it, and say what came of it."""
    fingerprint = ask.params["fingerprint"]
    outcome = ask.raw_log.redrive(fingerprint)
    return Elsewhere(with_query(f"/dead-letters/{fingerprint}", redriven=str(outcome.redriven)))


def _preview(ask: Ask, fingerprint: str) -> dict[str, Any]:
    shown = {"fingerprint": fingerprint, "csrf": ask.csrf}
    try:
        return shown | {"preview": ask.raw_log.preview(fingerprint), "trouble": None}
    except UserError as error:
        return shown | {"preview": None, "trouble": str(error)}


def _whole(ask: Ask, raw: str) -> Any:
    try:
        return ask.inspected.letter(raw)
    except UserError:
        return None
