"""The endpoint's rivals verify what the load sends, and nothing else."""

from __future__ import annotations

import pytest

from tests.benchmarks.http_load import requests
from tests.benchmarks.rivals.job import is_genuine


def one() -> tuple[str, bytes]:
    head, _, body = requests(700)[7].partition(b"\r\n\r\n")
    return head.partition(b"x-varda-signature: ")[2].partition(b"\r\n")[0].decode(), body


def test_what_the_load_sends_is_genuine() -> None:
    signature, body = one()
    assert len(body) == 700
    assert is_genuine(signature, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda signature: signature.replace("v1=", "v1=0"),
        lambda signature: signature.replace("t=", "t=1"),
        lambda signature: "t=1,v1=" + signature.partition("v1=")[2],
        lambda _signature: "",
        lambda _signature: "t=now,v1=00",
    ],
)
def test_a_forged_signature_is_not(change) -> None:  # type: ignore[no-untyped-def]
    signature, body = one()
    assert not is_genuine(change(signature), body)


def test_another_body_is_not() -> None:
    signature, body = one()
    assert not is_genuine(signature, body + b" ")
