"""Given a row and conditions, then whether it is one of those asked for."""

from __future__ import annotations

import pytest

from app.core.call import Call
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.people import Shown
from app.core.projection import AnyRow, Table
from app.core.recent_messages import Recent
from app.read.row_filter import RowFilter
from app.read.rows import Found

MINUTE = 60_000_000
NOW = 1_780_315_200_000_000

CHAT = Conversation(
    source="shop",
    vendor="varda",
    partition=0,
    conversation_id="7",
    phase="active",
    channel="whatsapp",
    assignee=Shown(id="3", name="Bob", email="bob@example.com"),
    contact=Shown(id="5", name="Jane Doe"),
    last_message_at=NOW - 30 * MINUTE,
    last_message=Recent(
        id="1", direction="inbound", content_type=None, text="My ROOF leaks", at=NOW
    ),
    attributes={"plan": "gold"},
)
CALL = Call(
    source="shop",
    vendor="voiso",
    partition=0,
    call_id="9",
    agent=Shown("3", name="José García"),
    from_number="+442079460018",
)
CONTACT = Contact(
    source="crm",
    vendor="convocore",
    partition=0,
    contact_id="1",
    name="Jane França",
    phone="+447987000126",
)
ID = {"conversation": "1-7", "call": "9", "contact": "1"}
ROWS: dict[Table, AnyRow] = {"conversation": CHAT, "call": CALL, "contact": CONTACT}


def taken(wanted: RowFilter) -> list[Table]:
    return [table for table, row in ROWS.items() if wanted.takes(found(table, row), NOW)]


def found(table: Table, row: AnyRow) -> Found:
    key = f"{row.source}/{table}/{ID[table]}"
    return Found(
        table=table, key=key, row=row, topic="state", partition=0, offset=0, written_at=NOW
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RowFilter(), ["conversation", "call", "contact"]),
        (RowFilter(tables=("call",)), ["call"]),
        (RowFilter(phase="ACTIVE"), ["conversation"]),
        (RowFilter(source="crm"), ["contact"]),
        (RowFilter(channel="WhatsApp"), ["conversation"]),
        (RowFilter(assignee="3"), ["conversation", "call"]),
        (RowFilter(assignee="bob"), ["conversation"]),
        (RowFilter(assignee="BOB@example.com"), ["conversation"]),
        (RowFilter(assignee="jane doe"), []),
        (RowFilter(silent=29 * MINUTE), ["conversation"]),
        (RowFilter(silent=30 * MINUTE), []),
        (RowFilter(text="roof"), ["conversation"]),
        (RowFilter(text="jane"), ["conversation", "contact"]),
        (RowFilter(text="jane", phase="known"), ["contact"]),
        (RowFilter(text="doe jane"), ["conversation"]),
        (RowFilter(text="GARCIA"), ["call"]),
        (RowFilter(text="franca"), ["contact"]),
        (RowFilter(text="+44 7987 000"), ["contact"]),
        (RowFilter(text="0044 7987-000126"), ["contact"]),
        (RowFilter(text="020 7946 0018"), ["call"]),
        (RowFilter(text="shop/conversation/1-7"), ["conversation"]),
        (RowFilter(text="other/conversation/1-7"), []),
        (RowFilter(text="1-7"), ["conversation"]),
        (RowFilter(text="active"), []),
        (RowFilter(text="gold"), []),
    ],
)
def test_conditions(wanted: RowFilter, found: list[Table]) -> None:
    assert taken(wanted) == found
