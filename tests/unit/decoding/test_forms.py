"""Forms are read as Python's own `parse_qsl` reads them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.decoding.forms import MOST_PARAMETERS, read_form

ESCAPES = ["%2B", "%2b", "%3A", "%2F", "%40", "%25", "%26", "%3D", "%", "%4", "%C3%A9", "%C3"]
PIECES = st.sampled_from(["&", "=", "+", "é", "a", "0", ":", *ESCAPES]) | st.text(max_size=3)


def as_python_reads_it(body: bytes) -> dict[str, str]:
    """Of a name given twice the first counts."""
    pairs = parse_qsl(
        body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
    )
    return dict(reversed(pairs))


def check(body: bytes) -> None:
    try:
        form = as_python_reads_it(body)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            read_form(body)
        return
    assert list(read_form(body).items()) == list(form.items())


@given(st.lists(PIECES, max_size=20))
@example(["%", "%3A", "2F=%2", "%40", "0"])
def test_any_text(pieces: list[str]) -> None:
    check("".join(pieces).encode())


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=8))))
def test_any_form(pairs: list[tuple[str, str]]) -> None:
    check(urlencode(pairs).encode())


@given(st.binary(max_size=40))
def test_any_bytes(body: bytes) -> None:
    check(body)


@pytest.mark.parametrize("count", [MOST_PARAMETERS, MOST_PARAMETERS + 1])
def test_a_form_has_so_many_parameters_at_most(count: int) -> None:
    check(b"&".join([b"a=1"] * count))
