"""Bodies of every kind, and what every vendor holds to for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Source, Vendor
from app.core.vendors.keys import LONGEST

ODD_BODIES = (
    b"",
    b"null",
    b"[]",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"event": ["message_created"]}',
    b'{"type": {"message_received": 1}}',
    b'{"event": "message_created", "conversation": {"id": ' + b"9" * 5_000 + b"}}",
    b'{"event": "message_created", "conversation": {"id": 1e400}}',
    b'{"event": "message_created", "conversation": {"id": "\\ud83d"}}',
    b'{"event": "conversation_created", "id": 1, "messages": [null], "account": []}',
    b'{"type": "lead_captured", "payload": {"leadEmail": "\\ud83d\\ude00", "leadPhone": 5}}',
)


def bodies(events: Sequence[str], names: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Bytes, JSON, and JSON that looks like the vendor's: its names over values of any type."""
    scalars = (
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
    )
    key = st.sampled_from(names) | st.text(max_size=5)
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(key, inner, max_size=5),
        max_leaves=20,
    )
    event = st.sampled_from(events) | scalars
    alike = st.builds(
        lambda name, event, rest: {**rest, name: event},
        st.sampled_from(["event", "type"]),
        event,
        st.dictionaries(st.sampled_from(names), values, max_size=8),
    )
    as_json = (values | alike).map(lambda value: json.dumps(value).encode())
    return st.binary(max_size=200) | st.sampled_from(ODD_BODIES) | as_json


def identify_or_say_why(vendor: Vendor, body: bytes, source: Source) -> Any:
    """An identity whose key can be written, or one of the reasons of a dead letter."""
    try:
        identity = vendor.identify(body, "application/json", source)
    except Undecodable as error:
        assert error.reason in ("not_json", "not_an_object", "unknown_event", "no_key")
        assert str(error).encode()
        return error
    assert 0 < len(identity.id) <= LONGEST
    assert f"{source.name}/{identity.kind}/{identity.id}".encode()
    return identity
