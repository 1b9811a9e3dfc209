"""Secrets masked in bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors.masking import is_json_text, mask_fields, mask_secrets
from app.core.webhook import event_id

SECRET = b"q7Lm2xT9vKc4"
PATHS = (("secret",), ("key",))
NESTED = (("payload", "workspaceSecret"),)


@pytest.mark.parametrize(
    ("body", "token", "masked"),
    [
        (b'{"secret": "abc", "a": 1}', b'"abc"', b'{"secret": "***", "a": 1}'),
        (b'{"secret":12345678}', b"12345678", b'{"secret":"***"}'),
        (b'{"secret":"data","data":{}}', b'"data"', b'{"secret":"***","data":{}}'),
        (b'{"secret":"x","secret":"y"}', b'"y"', b'{"secret":"***","secret":"***"}'),
        (
            b'{"secret":"x","data":{"secret":"x"}}',
            b'"x"',
            b'{"secret":"***","data":{"secret":"x"}}',
        ),
        (b'{"a":["secret","x"],"secret":"x"}', b'"x"', b'{"a":["secret","x"],"secret":"***"}'),
        (b'{"secret":{"secret":[1]},"b":1}', b'{"secret":[1]}', b'{"secret":"***","b":1}'),
        (b'{"s\\u0065cret":"x","b":"x"}', b'"x"', b'{"s\\u0065cret":"***","b":"x"}'),
        (b'{"secret":"\\u0061b"}', b'"\\u0061b"', b'{"secret":"***"}'),
        (
            b'{"b":[{"\xff":{}}],"secret":"x","c":"x"}',
            b'"x"',
            b'{"b":[{"\xff":{}}],"secret":"***","c":"x"}',
        ),
    ],
)
def test_the_field_is_masked_and_nothing_else(body: bytes, token: bytes, masked: bytes) -> None:
    assert mask_fields(body, PATHS, [token]) == masked


def test_a_field_is_known_by_its_whole_path() -> None:
    body = b'{"workspaceSecret":"x","payload":{"workspaceSecret":"x","a":{"workspaceSecret":"x"}}}'
    assert mask_fields(body, NESTED, [b'"x"']) == body.replace(
        b'{"workspaceSecret":"x","a"', b'{"workspaceSecret":"***","a"'
    )


def test_two_fields_are_masked() -> None:
    body = b'{"secret":"x","key":"y"}'
    assert mask_fields(body, PATHS, [b'"x"', b'"y"']) == b'{"secret":"***","key":"***"}'


@pytest.mark.parametrize(
    ("secret", "body", "masked"),
    [
        (SECRET, b'{"text":"it is q7Lm2xT9vKc4."}', b'{"text":"it is ***."}'),
        (SECRET, b"text=q7Lm2xT9vKc4q7Lm2xT9vKc4", b"text=******"),
        (b"20250101", b'{"at":1202501019}', b'{"at":"***"}'),
        (b'pa"ss\\word', b'{"a":"b pa\\"ss\\\\word"}', b'{"a":"b ***"}'),
        (b"path/to/secret", b'{"a":"path\\/to\\/secret"}', b'{"a":"***"}'),
        ("schlüssel".encode(), b'{"a":"schl\\u00fcssel"}', b'{"a":"***"}'),
        (b"nABCDEFGH", b'{"a":"\\nABCDEFGH","b":2}', b'{"a":"***","b":2}'),
        (b"a***bcdef", b'{"a":"aa***bcdefbcdef"}', b'{"a":"***"}'),
    ],
)
def test_other_occurrences_are_masked(secret: bytes, body: bytes, masked: bytes) -> None:
    assert mask_secrets(body, (secret,)) == masked


def test_what_holds_no_secret_stays_as_it_is() -> None:
    body = b'{ "a" :\t"b" }'
    assert mask_secrets(body, (SECRET,)) is body


TEXT = st.text(alphabet='"\\/{}[]:,*nu0129 aé\n😀', min_size=8, max_size=12) | st.text(
    min_size=8, max_size=16
)


@st.composite
def bodies(draw: st.DrawFn, secret: str) -> Any:
    about = st.text(alphabet='"\\/u*é n0', max_size=6)
    held = st.builds(lambda before, after: before + secret + after, about, about)
    return draw(
        st.recursive(
            held | about | st.integers() | st.none(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(about | held, inner),
            max_leaves=8,
        )
    )


@given(st.data(), TEXT, st.booleans())
def test_masked_json_is_json_and_holds_no_secret(
    data: st.DataObject, secret: str, ascii_only: bool
) -> None:
    value = data.draw(bodies(secret))
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    masked = mask_secrets(body, (secret.encode(),))
    assert secret.encode() not in masked
    spanning = secret.encode() in json.dumps(_blank(value)).encode()
    assert spanning or is_json_text(masked)


def _blank(value: Any) -> Any:
    """The structure alone: a secret that is in it is made of JSON's own punctuation."""
    if isinstance(value, dict):
        return {str(n): _blank(each) for n, each in enumerate(value.values())}
    return [_blank(each) for each in value] if isinstance(value, list) else ""


@given(TEXT.filter(lambda text: len(text.encode()) >= 8), TEXT, st.text(max_size=20))
def test_the_event_id_is_the_same_whichever_secret_was_used(old: str, new: str, text: str) -> None:
    secrets = (new.encode(), old.encode())
    ids = set()
    for used in (old, new):
        for ordered in (secrets, secrets[::-1]):
            body = json.dumps({"secret": used, "a": text + old + new}).encode()
            masked = mask_fields(body, PATHS, [json.dumps(used).encode()])
            ids.add(event_id("source", mask_secrets(masked, ordered)))
    assert len(ids) == 1


def _spelled(text: str, data: st.DataObject) -> str:
    """As the inside of a JSON string, characters escaped here and there, letters either case."""
    written: list[str] = []
    for character in text:
        plain = json.dumps(character, ensure_ascii=False)[1:-1]
        units = character.encode("utf-16-be")
        halves = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
        ways = [plain, *("".join(f"\\u{case(half)}" for half in halves) for case in CASES)]
        written.append(data.draw(st.sampled_from(ways)))
    return "".join(written)


CASES = (str.lower, str.upper)


@given(st.data(), TEXT.filter(lambda text: len(text.encode()) >= 8))
def test_a_secret_is_found_however_its_characters_are_escaped(
    data: st.DataObject, secret: str
) -> None:
    body = f'{{"note":"a {_spelled(secret, data)} b","n":[1]}}'.encode()
    masked = mask_secrets(body, (secret.encode(),))
    assert is_json_text(masked)
    assert secret not in json.loads(masked)["note"]
    assert json.loads(masked)["n"] == [1]


def test_an_escape_that_is_none_of_a_secret_changes_nothing() -> None:
    body = b'{"note":"caf\\u00e9 \\u003cb\\u003e \\n q7Lm2xT9vKc","u":"\\u0071\\u0037"}'
    assert mask_secrets(body, (SECRET,)) == body
