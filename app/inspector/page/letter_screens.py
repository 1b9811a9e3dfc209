"""Screens of dead letters: by what they have in common, and what a redrive of them would do."""

from __future__ import annotations

from typing import Any

from app.errors import UserError
from app.inspector.page.links import with_query
from app.inspector.page.screen import Answer, Ask, Elsewhere, Screen, not_found
from app.inspector.view.letter_list import LetterQuery
from app.read.advice import Redrive, what_to_do
from app.read.dead_letters import Letter

_LETTERS = 50
_REDRIVE = Redrive("a redrive", "Its preview shows")


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
    still_open = view.letters(LetterQuery(fingerprint=fingerprint), 1).items
    told = (still_open or page.items)[0]
    mended = bool(still_open) and _is_mended(ask, told)
    raw = ask.query.get("raw") or told.raw
    context = {
        "fingerprint": fingerprint,
        "group": group,
        "page": page,
        "example": _whole(ask, raw),
        "raw": raw,
        "next": page.next and with_query(ask.path, cursor=page.next),
        "told": told,
        "mended": mended,
        "what_to_do": what_to_do(told, _REDRIVE, mended=mended),
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


def _is_mended(ask: Ask, one: Letter) -> bool:
    """Whether today's Hookline decodes a letter; False where Kafka is away and nobody knows."""
    whole = _whole(ask, one.raw)
    return whole is not None and ask.raw_log.why(whole) is None


def _whole(ask: Ask, raw: str) -> Letter | None:
    try:
        return ask.inspected.letter(raw)
    except UserError:
        return None
