"""Every event that can be decoded: from a raw record to its event and what the event says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from app.core.decoder import Event, EventDecoder, compile_decoder
from app.core.facts import Facts
from app.core.identity import Name, name_of
from app.core.undecodable import STORED_BEFORE, Undecodable
from app.core.vendors.contract import EventType, FactsOf, Source, Vendor
from app.core.webhook import RawRecord

SchemaName = tuple[str, str]  # vendor, folder under schemas/<vendor>/


class Decoded(msgspec.Struct, frozen=True, gc=False):
    """A raw record understood. `facts` is None where the event changes no row."""

    event: Event
    type: EventType
    schema: SchemaName
    facts: Facts | None


class _Entry(msgspec.Struct, frozen=True):
    type: EventType
    schema: SchemaName
    decode: Callable[[bytes, str], Event]
    facts: FactsOf | None


class Catalogue:
    """The events of some vendors, ready to decode.

    `schemas` holds the latest parsed schema of each event. Raises KeyError where a vendor lists an
    event that has no schema.
    """

    def __init__(
        self, vendors: Iterable[Vendor], schemas: Mapping[SchemaName, Mapping[str, Any]]
    ) -> None:
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._named: dict[str, _Entry] = {}
        self._beginning: list[tuple[str, _Entry]] = []
        decoders: dict[SchemaName, EventDecoder] = {}
        for vendor in self._vendors.values():
            for event in vendor.events:
                name = (vendor.name, event.schema)
                if name not in decoders:
                    decoders[name] = compile_decoder(schemas[name], vendor)
                entry = _Entry(event, name, decoders[name].decode, event.facts)
                if event.name.endswith("."):
                    self._beginning.append((f"{vendor.name}.{event.name}", entry))
                else:
                    self._named[f"{vendor.name}.{event.name}"] = entry
        self._beginning.sort(key=lambda pair: -len(pair[0]))  # the most exact first

    def decode(self, record: RawRecord) -> Decoded:
        """Understand a raw record. Raises Undecodable; anything else raised is a fault of the
        vendor's code (or a key that is no key), not of the record's body.
        """
        entry = self._named.get(record.type) or self._entry(record)
        event = entry.decode(record.body, record.content_type)
        facts = None if entry.facts is None else entry.facts(event, record)
        return Decoded(event, entry.type, entry.schema, facts)

    def renamed(self, record: RawRecord) -> RawRecord:
        """The record under the key and type that it would have today. Raises as `name` does."""
        name = self.name(record)
        return msgspec.structs.replace(record, key=name.key, type=name.type)

    def name(self, record: RawRecord) -> Name:
        """What a record like it would be called today. Raises Undecodable where it would have no
        name; anything else raised is a fault of the vendor's code.
        """
        named, _, _ = record.type.partition(".")
        vendor = self._vendors.get(named)
        if vendor is None:
            raise Undecodable("unknown_event", f"there is no vendor {named!r}")
        source = Source(name=record.source, vendor=named, account_id=record.account)
        return name_of(vendor, source, record.body, record.content_type)

    def _entry(self, record: RawRecord) -> _Entry:
        for beginning, entry in self._beginning:
            if record.type.startswith(beginning):
                return entry
        raise self._why_unknown(record)

    def _why_unknown(self, record: RawRecord) -> Undecodable:
        name, _, event = record.type.partition(".")
        if event != "unknown" and name in self._vendors:
            return Undecodable("unknown_event", f"{name} is not known to send {event!r}")
        # The endpoint could not identify it and stored it nonetheless: find out again why.
        try:
            found = self.name(record)
        except Undecodable as reason:
            return reason
        return Undecodable(
            "unknown_event",
            f"{STORED_BEFORE} {found.type!r} could be identified: redrive it",
            event=found.type.partition(".")[2],
        )
