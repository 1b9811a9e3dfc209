"""No request makes a 500, and what is not answered 200 is not on the log."""

from __future__ import annotations

import asyncio

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.endpoint.asgi import LIMIT, SOURCES, Bench, signed

paths = st.one_of(
    st.sampled_from([f"/webhooks/{source.name}" for source in SOURCES]),
    st.sampled_from(["/livez", "/readyz", "/metrics", "/webhooks/nobody", "", "//"]),
    st.text(max_size=20),
)
methods = st.one_of(
    st.sampled_from(["POST", "GET", "HEAD", "PUT", "OPTIONS"]), st.text("ABCXYZ-", max_size=8)
)
texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["call.ended", "conversation_created", "ping", "varda-secret-1", "voiso-secret", "null"]
    ),
)
names = st.one_of(
    texts, st.sampled_from(["event", "type", "data", "payload", "id", "secret", "workspaceSecret"])
)
trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)
bodies = st.one_of(
    st.binary(max_size=200),
    trees.map(msgspec.json.encode),
    st.builds(
        lambda tree, secret: msgspec.json.encode({"secret": secret, "payload": tree}),
        trees,
        st.sampled_from(["voiso-secret", "convocore-secret"]),
    ),
    st.integers(0, 3 * LIMIT).map(lambda size: b"[" * size),
    st.sampled_from([b"convocore-secret", b"\xffvoiso-secret", b'{"secret":"voiso-secret"']),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            "content-length",
            "content-type",
            "x-varda-signature",
            "x-varda-delivery",
            "x-chatwoot-signature",
            "x-chatwoot-timestamp",
            "x-chatwoot-delivery",
        ]
    ),
    st.one_of(
        st.text(st.characters(max_codepoint=255), max_size=40),
        st.sampled_from(["t=1,v1=", "sha256=", "1760000000", "9" * 5_000, "t=,v1=,t=²"]),
    ),
)
queries = st.one_of(
    st.binary(max_size=60), st.just(b"key=voiso-secret&event=%FF"), st.just(b"secret=%")
)


@given(
    method=methods,
    path=paths,
    pieces=st.lists(bodies, max_size=3),
    given_headers=headers,
    sign=st.booleans(),
    query=queries,
    then=st.sampled_from(["end", "end", "end", "disconnect"]),
)
def test_no_request_makes_a_500(
    method: str,
    path: str,
    pieces: list[bytes],
    given_headers: dict[str, str],
    sign: bool,
    query: bytes,
    then: str,
) -> None:
    bench = Bench()
    if sign:
        given_headers = {**given_headers, **signed(b"".join(pieces))}
    answer = asyncio.run(bench.ask(method, path, pieces, given_headers, query, then))
    if answer is None:
        assert then == "disconnect" or not pieces
        assert bench.log.records == []
        return
    assert answer.status in {200, 401, 404, 405, 413}
    if answer.status != 200:
        assert answer.json["error"]
        assert answer.json["message"]
    stored = answer.status == 200 and path.startswith("/webhooks/")
    assert len(bench.log.records) == stored
    if stored:
        assert answer.json["key"] == bench.log.records[0].key
