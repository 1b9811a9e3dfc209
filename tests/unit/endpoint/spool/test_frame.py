"""Entries are found again whatever happens to the bytes of a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.endpoint.spool.frame import MAGIC, frame, read_frames

MARKER = b"\x8f\x01mark\x00\x00"
PAYLOADS = [b"one\xc3", b"", b"three" * 9 + b"\xc3", MARKER + b"\xc3", b"five\xc3"]
FILE = MAGIC + b"".join(frame(MARKER, payload) for payload in PAYLOADS)


def payloads(data: bytes) -> list[bytes]:
    return [found.payload for found in read_frames(data, MARKER).frames]


def ends() -> list[int]:
    """Where each entry ends."""
    at = len(MAGIC)
    return [at := at + len(frame(MARKER, payload)) for payload in PAYLOADS]


def test_a_whole_file_is_read_whole() -> None:
    frames, torn, broken = read_frames(FILE, MARKER)
    assert [found.payload for found in frames] == PAYLOADS
    assert [found.at for found in frames] == [len(MAGIC), *ends()[:-1]]
    assert (torn, broken) == (False, False)


def test_cut_at_any_byte_what_was_whole_is_read_and_nothing_is_broken() -> None:
    boundaries = {len(MAGIC), *ends()}
    for cut in range(len(FILE)):
        frames, torn, broken = read_frames(FILE[:cut], MARKER)
        whole = sum(end <= cut for end in ends())
        assert [found.payload for found in frames] == PAYLOADS[:whole]
        assert not broken, cut
        assert torn is (cut not in boundaries), cut


def test_cut_at_any_byte_with_pages_of_zeros_behind_is_no_worse() -> None:
    for cut in range(len(MAGIC), len(FILE)):
        frames, _, broken = read_frames(FILE[:cut] + bytes(100), MARKER)
        whole = sum(end <= cut for end in ends())
        assert [found.payload for found in frames] == PAYLOADS[:whole]
        assert not broken, cut


def test_a_bit_flipped_anywhere_costs_one_entry_at_most_and_is_noticed() -> None:
    for at in range(len(FILE)):
        for bit in range(8):
            damaged = bytearray(FILE)
            damaged[at] ^= 1 << bit
            frames, _, broken = read_frames(bytes(damaged), MARKER)
            found = [one.payload for one in frames]
            hit = next((n for n, end in enumerate(ends()) if at < end), None)
            expected = [p for n, p in enumerate(PAYLOADS) if n != hit or at < len(MAGIC)]
            assert found == expected, (at, bit)
            assert broken, (at, bit)


@given(st.binary(max_size=60), st.integers(0, len(PAYLOADS)))
def test_foreign_bytes_between_entries_are_noticed_and_skipped(junk: bytes, where: int) -> None:
    at = [len(MAGIC), *ends()][where]
    frames, torn, broken = read_frames(FILE[:at] + junk + FILE[at:], MARKER)
    assert [found.payload for found in frames] == PAYLOADS
    assert broken or torn or not junk


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    assert payloads(data) == [] or data.startswith(MAGIC)


def test_entries_of_another_file_are_none_of_this_one() -> None:
    other = b"".join(frame(b"another!", payload) for payload in PAYLOADS)
    frames, _, broken = read_frames(MAGIC + other, MARKER)
    assert frames == []
    assert broken
