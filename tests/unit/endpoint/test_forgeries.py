"""Nobody who does not know a secret gets anything stored, whatever is sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors import VENDORS, vendor_named
from app.core.vendors.contract import Refused, Request, Source
from app.core.webhook import FORM, JSON
from app.endpoint.accept import accept
from tests.unit.endpoint.asgi import NOW, SECRET, call_ended, signed
from tests.unit.vendors.any_bytes import ODD_BODIES

MICROS = int(NOW * 1_000_000)
texts = st.text(st.characters(max_codepoint=255), max_size=40)
claims = st.one_of(
    texts,
    st.binary(min_size=32, max_size=32).map(lambda digest: f"t={int(NOW)},v1={digest.hex()}"),
    st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256={digest.hex()}"),
    st.sampled_from([f"t={int(NOW)},v1=", "sha256=", str(int(NOW)), f"t={int(NOW)},v1=None"]),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("x-varda-signature", "x-varda-delivery", "content-type"),
            *("x-chatwoot-signature", "x-chatwoot-timestamp", "x-chatwoot-delivery"),
        ]
    ),
    claims,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["secret", "key", "payload", "workspaceSecret", "data", "event", "type"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
bodies = st.one_of(
    st.binary(max_size=300),
    values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(ODD_BODIES),
)
requests = st.builds(
    Request,
    method=st.sampled_from(["POST", "GET"]),
    headers=headers,
    query=st.one_of(
        st.binary(max_size=100),
        st.text("secretkey=&%0+", max_size=30).map(str.encode),
    ),
    body=bodies,
)


@pytest.mark.parametrize("name", [vendor.name for vendor in VENDORS])
@given(request=requests)
def test_no_request_of_somebody_who_knows_no_secret_is_taken(name: str, request: Request) -> None:
    source = Source(name="s", vendor=name, secrets=(b"\x00never-guessed-\xff", b"s3cret-of-old"))
    with pytest.raises(Refused):
        accept(request, source, vendor_named(name), MICROS, 300)


@pytest.mark.parametrize("name", [vendor.name for vendor in VENDORS])
@given(body=bodies, content_type=st.sampled_from([JSON, FORM]))
def test_any_body_is_identified_or_becomes_a_dead_letter(
    name: str, body: bytes, content_type: str
) -> None:
    """No fault of ours among the reasons."""
    vendor = vendor_named(name)
    source = Source(name="s", vendor=name, account_id="1", verify=False)
    request = Request(method="POST", headers={"content-type": content_type}, query=b"", body=body)
    try:
        accepted = accept(request, source, vendor, MICROS, 300)
    except Refused:
        return  # of what is verified all the same
    assert accepted.trouble != "internal", accepted.cause


@given(st.data())
def test_a_signed_webhook_of_which_anything_was_changed_is_refused(data: st.DataObject) -> None:
    body = call_ended()
    genuine = signed(body)
    source = Source(name="shop", vendor="varda", secrets=(SECRET,))
    at = data.draw(st.integers(0, len(body) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(body)
    changed[at] ^= 1 << bit
    request = Request(method="POST", headers=genuine, query=b"", body=bytes(changed))
    with pytest.raises(Refused):
        accept(request, source, vendor_named("varda"), MICROS, 300)
    claim = genuine["x-varda-signature"]
    at = data.draw(st.integers(0, len(claim) - 1))
    other = data.draw(st.characters(max_codepoint=255).filter(lambda one: one != claim[at]))
    bent = claim[:at] + other + claim[at + 1 :]
    request = Request(
        method="POST", headers={**genuine, "x-varda-signature": bent}, query=b"", body=body
    )
    try:
        accept(request, source, vendor_named("varda"), MICROS, 300)
    except Refused:
        return
    assert bent.lower().replace(" ", "") == claim  # spelled otherwise, and the same


def test_a_replay_inside_the_window_is_the_same_event() -> None:
    body = call_ended()
    request = Request(method="POST", headers=signed(body), query=b"", body=body)
    source = Source(name="shop", vendor="varda", secrets=(SECRET,))
    vendor = vendor_named("varda")
    first = accept(request, source, vendor, MICROS, 300).record
    again = accept(request, source, vendor, MICROS + 299_000_000, 300).record
    assert (first.id, first.key) == (again.id, again.key)
    with pytest.raises(Refused, match="more than 300 s"):
        accept(request, source, vendor, MICROS + 302_000_000, 300)
