"""A made-up vendor whose one event uses everything that a schema can say of a body."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from app.core.decoder import EventDecoder, compile_decoder
from app.core.vendors.contract import Tree, Vendor

ID = {"type": "string", "hookline": "id"}
JSON_TEXT = {"type": "string", "hookline": "json"}
TIME = {"type": "long", "logicalType": "timestamp-micros"}


def optional(name: str, kind: Any, **annotations: Any) -> dict[str, Any]:
    return {"name": name, "type": ["null", kind], "default": None, **annotations}


def record(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def order_schema(**more: Any) -> dict[str, Any]:
    line = record(
        "Line", {"name": "id", "type": ID}, optional("at", TIME), optional("to", "Person")
    )
    person = record("Person", optional("id", ID), optional("name", "string"))
    person["hookline"] = "repeated"
    return {
        "type": "record",
        "name": "OrderPlaced",
        "namespace": "hookline.shop",
        "drop": ["secret", "pubsub_token"],
        "fields": [
            {"name": "event", "type": "string"},
            {"name": "id", "type": ID},
            {"name": "at", "type": TIME, "json": "timestamp"},
            optional("seen_at", TIME, json=["seen", "seenAt", "last_seen"], zero="null"),
            optional("waited_ms", "long", json="waited", unit="s"),
            optional("count", "long"),
            optional("small", "int"),
            optional("price", "double"),
            optional("paid", "boolean"),
            optional("size", {"type": "enum", "name": "Size", "symbols": ["S", "M"]}),
            optional("note", JSON_TEXT),
            optional("buyer", person),
            {"name": "lines", "type": {"type": "array", "items": line}, "default": []},
            optional("tags", {"type": "array", "items": ["null", "string"]}),
            optional("refs", {"type": "array", "items": ID}),
            optional("words", {"type": "map", "values": "string"}),
            optional("times", {"type": "map", "values": ["null", TIME]}),
            {"name": "extra", "type": {"type": "map", "values": "string"}, "default": {}},
        ],
        **more,
    }


def _never(*_: object) -> NoReturn:
    raise AssertionError("decoding does not admit or identify")


def shop(
    tidy: Any = None, odd: Any = None, older_names: tuple[tuple[str, str], ...] = ()
) -> Vendor:
    return Vendor(
        name="shop",
        admit=_never,
        identify=_never,
        tidy=tidy or (lambda tree: tree),
        odd=odd or (lambda body: False),
        events=(),
        older_names=older_names,
    )


def decoder(**more: Any) -> EventDecoder:
    return compile_decoder(order_schema(**more), shop())


OLDER_NAMES = (("type", "event"), ("remark", "note"))


def with_names(tree: Tree, names: dict[str, str]) -> Tree:
    """A body with other names, where it has not the new ones already."""
    renamed = {old: new for old, new in names.items() if old in tree and new not in tree}
    return {renamed.get(name, name): value for name, value in tree.items()}


def renamed_decoder() -> EventDecoder:
    """Of a shop that once named its fields otherwise."""
    names = dict(OLDER_NAMES)
    vendor = shop(tidy=lambda tree: with_names(tree, names), older_names=OLDER_NAMES)
    return compile_decoder(order_schema(), vendor)


def order(**fields: Any) -> Tree:
    """A body with what every order has, and these."""
    return {"event": "order.placed", "id": 7, "timestamp": "2026-03-25T18:30:00Z", **fields}


def as_json(tree: object) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()
