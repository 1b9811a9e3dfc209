"""From a raw record to its event and what it says, or to why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.catalogue import Catalogue
from app.core.facts import ContactFacts
from app.core.undecodable import Undecodable
from app.core.vendors.contract import EventType, Identity, Source
from app.core.webhook import RawRecord
from tests.unit.decoding.orders import as_json, order, order_schema, shop


def facts(event: Any, record: RawRecord) -> ContactFacts:
    return ContactFacts(at=event.at, values={"name": f"{record.key_id} {record.account}"})


def identify(body: bytes, content_type: str, source: Source) -> Identity:
    if body == b"known by now":
        return Identity(type="order.placed", kind="contact", id="1")
    raise Undecodable("no_key", f"{source.name} of {source.account_id} has no key", "$.id")


VENDOR = replace(
    shop(),
    identify=identify,
    events=(
        EventType("order.placed", "order", facts),
        EventType("order.lost", "order", None),
        EventType("auto.", "order", None),
        EventType("auto.mail.", "order", None),
        EventType("auto.mail.sent", "order", facts),
    ),
)
CATALOGUE = Catalogue([VENDOR], {("shop", "order"): order_schema()})


def raw(type: str, body: bytes | None = None, key: str = "shop-eu/contact/a/b") -> RawRecord:
    return RawRecord(
        partition=0,
        offset=1,
        key=key,
        body=as_json(order()) if body is None else body,
        id="0" * 32,
        source="shop-eu",
        type=type,
        received_at=5,
        account="acme",
    )


def undecodable(record: RawRecord) -> Undecodable:
    with pytest.raises(Undecodable) as caught:
        CATALOGUE.decode(record)
    return caught.value


def test_an_event_is_found_by_its_type_and_says_its_facts() -> None:
    found = CATALOGUE.decode(raw("shop.order.placed"))

    assert found.event.id == "7"
    assert found.type is VENDOR.events[0]
    assert found.schema == ("shop", "order")
    assert found.facts == ContactFacts(at=found.event.at, values={"name": "a/b acme"})


def test_an_event_that_changes_no_row_has_no_facts() -> None:
    assert CATALOGUE.decode(raw("shop.order.lost")).facts is None


def test_a_name_that_ends_in_a_dot_stands_for_all_that_begin_with_it() -> None:
    assert CATALOGUE.decode(raw("shop.auto.anything")).type.name == "auto."
    assert CATALOGUE.decode(raw("shop.auto.mail.any")).type.name == "auto.mail."
    assert CATALOGUE.decode(raw("shop.auto.mail.sent")).type.name == "auto.mail.sent"


@pytest.mark.parametrize("type", ["shop.order", "shop.order.placed.x", "shop.", "mall.order", ""])
def test_an_event_that_nobody_lists_is_unknown(type: str) -> None:
    assert undecodable(raw(type)).reason == "unknown_event"


def test_what_the_endpoint_could_not_identify_says_why() -> None:
    why = undecodable(raw("shop.unknown", b"{}"))

    assert (why.reason, why.path) == ("no_key", "$.id")
    assert str(why) == "shop-eu of acme has no key"


def test_what_can_be_identified_by_now_asks_to_be_redriven() -> None:
    why = undecodable(raw("shop.unknown", b"known by now"))

    assert why.reason == "unknown_event"
    assert "redrive" in str(why)


def test_a_body_at_fault_says_where() -> None:
    assert undecodable(raw("shop.order.placed", b'{"event":1}')).path == "$.event"


def test_an_event_without_a_schema_is_found_at_once() -> None:
    with pytest.raises(KeyError):
        Catalogue([VENDOR], {})
