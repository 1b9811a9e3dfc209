"""The three tables as topics: where the rows of one kind lie."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.projection import TABLES, Table
from app.core.webhook import Key, parse_key
from app.errors import UserError
from app.kafka.topics import Topics


def state_topics(topics: Topics) -> Mapping[Table, str]:
    return {
        "conversation": topics.state_conversations,
        "call": topics.state_calls,
        "contact": topics.state_contacts,
    }


def table_of(key: str) -> Table | None:
    """The table that a key's row is in, None where nothing of its kind has a row."""
    kind = key.split("/", 2)[1:2]
    return next((table for table in TABLES if [table] == kind), None)


def given_key(text: str) -> Key:
    """A key as a person gives it. Raises UserError for what is none."""
    try:
        text.encode()  # what was given need not have been UTF-8
        return parse_key(text)
    except UnicodeEncodeError:
        raise UserError(
            f"{text!r} is not UTF-8, and keys are.",
            "Give it as `hookline state list` or its receipt has it.",
        ) from None
    except ValueError as error:
        raise UserError(
            f"{error}.", "A key looks like support-eu/conversation/1234; receipts name it."
        ) from None


def row_key(text: str) -> tuple[Table, Key]:
    """The key of a row as a person gives it. Raises UserError for what can have no row."""
    key = given_key(text)
    table = table_of(text)
    if table is None:
        raise UserError(
            f"{text} can have no row: only a {', '.join(TABLES[:-1])} or {TABLES[-1]} has one.",
            f"The kind stands in the middle of the key; this one is {key.kind!r}.",
        )
    return table, key
