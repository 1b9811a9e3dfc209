"""Dead letters: by what they have in common, and one by one."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from app.inspector.api.documents import GROUP, LETTER, WHOLE_LETTER, list_of
from app.inspector.api.operation import Asked, Operation
from app.inspector.api.parameters import LetterCursor, Limit, Parameters, Word
from app.inspector.api.problem import Problem
from app.inspector.api.rows import bad_cursor
from app.inspector.inspection import Inspection
from app.inspector.view.letter_list import LetterQuery
from app.inspector.view.row_list import BadCursor
from app.read.letter_json import group_json, letter_json, whole_letter_json

LETTERS = "/api/dead-letters/letters"


class LettersQuery(Parameters, frozen=True, kw_only=True):
    fingerprint: Word | None = None
    reason: Word | None = None
    source: Word | None = None
    key: Annotated[str, Meta(max_length=2_000)] | None = None
    q: Annotated[
        str, Meta(max_length=2_000, description="A raw place, event id, key or fingerprint.")
    ] = ""
    closed: Annotated[bool, Meta(description="Also those that were redriven.")] = False
    limit: Limit = 50
    cursor: LetterCursor | None = None


def operations() -> list[Operation]:
    return [
        Operation(
            id="list_dead_letter_groups",
            path="/api/dead-letters",
            summary="Dead letters by cause, which a fingerprint stands for: open ones first",
            schema=list_of(GROUP),
            answer=_groups,
        ),
        Operation(
            id="list_dead_letters",
            path=LETTERS,
            summary="Dead letters one by one, those received last first, without their bodies",
            query=LettersQuery,
            schema=list_of(LETTER),
            answer=_list,
        ),
        Operation(
            id="get_dead_letter",
            path=f"{LETTERS}/{{raw}}",
            summary="One dead letter, whole, by the place of its raw record: <partition>:<offset>",
            schema=WHOLE_LETTER,
            errors=(404,),
            answer=_one,
        ),
    ]


def _groups(inspection: Inspection, _: Asked) -> dict[str, Any]:
    return {"items": [group_json(one) for one in inspection.view.letter_groups()], "next": None}


def _list(inspection: Inspection, asked: Asked) -> dict[str, Any]:
    query: LettersQuery = asked.query
    wanted = LetterQuery(
        fingerprint=query.fingerprint or None,
        reason=query.reason or None,
        source=query.source or None,
        key=query.key or None,
        q=query.q,
        closed=query.closed,
    )
    try:
        found = inspection.view.letters(wanted, query.limit, query.cursor)
    except BadCursor:
        raise bad_cursor() from None
    return {"items": [letter_json(one) for one in found.items], "next": found.next}


def _one(inspection: Inspection, asked: Asked) -> dict[str, Any]:
    raw = asked.parts["raw"]
    found = inspection.letter(raw)
    if found is None:
        raise Problem(404, f"There is no dead letter of the raw record {raw!r}, or no longer.")
    return whole_letter_json(found)
