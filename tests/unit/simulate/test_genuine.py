"""Given a simulated webhook, signed: the endpoint's own code lets it in, stores it as the script
says, and finds the type and key that the script says.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest

from app.core.undecodable import Undecodable
from app.core.vendors import vendor_named
from app.core.vendors.contract import Request, Source
from app.simulate.signing import sign
from app.simulate.webhook import Webhook
from tests.unit.simulate.centre import NOW, OLD_CALLS, SECRET, SOURCES, deliveries

ALL = (*SOURCES, OLD_CALLS)
WEBHOOKS = [one.webhook for one in deliveries(3_000, sources=ALL)[1] if not one.again]
BY_NAME = {source.name: source for source in ALL}


def of(source: Source) -> list[Webhook]:
    return [webhook for webhook in WEBHOOKS if webhook.source == source.name]


every_source = pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)


@every_source
def test_the_body_is_stored_as_the_script_says(source: Source) -> None:
    for webhook in of(source):
        signed = sign(webhook, source, NOW / 1e6)
        request = Request(
            method=signed.method,
            headers=dict(signed.headers),
            query=signed.query,
            body=signed.body,
        )
        admitted = vendor_named(source.vendor).admit(request, source, NOW / 1e6, 300)
        assert (admitted.body, admitted.content_type) == (webhook.stored, webhook.content_type)


@every_source
def test_the_type_and_key_are_those_of_the_script(source: Source) -> None:
    identify = vendor_named(source.vendor).identify
    for webhook in of(source):
        if webhook.key is None:
            with pytest.raises(Undecodable) as undecodable:
                identify(webhook.stored, webhook.content_type, source)
            assert undecodable.value.reason == webhook.dead
        else:
            found = identify(webhook.stored, webhook.content_type, source)
            assert f"{source.name}/{found.kind}/{found.id}" == webhook.key
            assert found.type == webhook.type


def test_no_stored_body_holds_the_secret_and_every_voiso_and_convocore_request_does() -> None:
    for webhook in WEBHOOKS:
        source = BY_NAME[webhook.source]
        assert SECRET not in webhook.stored
        if source.vendor in ("voiso", "convocore") and source.verify:
            signed = sign(webhook, source, NOW / 1e6)
            wire = signed.body.replace(b'\\"', b'"') + unquote_to_bytes(
                signed.query.replace(b"+", b" ")
            )
            assert SECRET in wire.replace(b"\\u0061", b"a")


def test_an_old_voxsig_signs_nothing() -> None:
    old = Source(name="voxsig-eu", vendor="voxsig", account_id="1", verify=False)
    webhook = next(webhook for webhook in WEBHOOKS if webhook.vendor == "voxsig")
    assert [name for name, _ in sign(webhook, old, NOW / 1e6).headers] == [
        "content-type",
        "x-chatwoot-delivery",
    ]


@pytest.mark.parametrize("account", ["7", "007", "acme"])
def test_an_account_may_be_any_word(account: str) -> None:
    source = Source(name="inbox", vendor="voxsig", secrets=(SECRET,), account_id=account)
    _, sent = deliveries(300, sources=(source,))
    for webhook in (one.webhook for one in sent if one.webhook.key is not None):
        found = vendor_named("voxsig").identify(webhook.stored, webhook.content_type, source)
        assert f"inbox/{found.kind}/{found.id}" == webhook.key
