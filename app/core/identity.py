"""What a record of a webhook is called: its key and its type, as its vendor identifies it."""

from __future__ import annotations

from typing import NamedTuple

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Source, Vendor

LONGEST_TYPE = 256


class Name(NamedTuple):
    """`<source>/<kind>/<id>` and `<vendor>.<the vendor's own spelling>`."""

    key: str
    type: str


def name_of(vendor: Vendor, source: Source, body: bytes, content_type: str) -> Name:
    """A name that keys and headers of Kafka can hold. Raises Undecodable where the vendor finds
    none; anything else raised is a fault of the vendor's code.
    """
    identity = vendor.identify(body, content_type, source)
    key = f"{source.name}/{identity.kind}/{identity.id}"
    if len(identity.type) > LONGEST_TYPE:
        raise Undecodable("unknown_event", "the event's name is longer than any known")
    try:
        identity.type.encode()
        key.encode()
    except UnicodeEncodeError:
        raise Undecodable("no_key", "the event's name or id is not Unicode text") from None
    return Name(key, f"{vendor.name}.{identity.type}")


def no_name(vendor: Vendor, source: Source, id: str) -> Name:
    """Of a webhook that could not be identified: the worker makes a dead letter of it."""
    return Name(f"{source.name}/unknown/{id}", f"{vendor.name}.unknown")
