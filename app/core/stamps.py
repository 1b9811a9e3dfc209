"""Stamps: what decides between two values of one field, whatever order they arrive in.

A stamp is 16 bytes, (event time, event id) big-endian, so that comparing bytes compares both.
The stamps of a row's fields lie side by side in one bytearray.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from app.core.facts import Value

SIZE = 16
NEVER = bytes(SIZE)

V = TypeVar("V", bound=Value)


def stamp(at: int, event: bytes) -> bytes:
    """`at` in microseconds since the epoch; `event` the first 8 bytes of the event id."""
    return at.to_bytes(8, "big") + event


def places(names: Sequence[str]) -> dict[str, int]:
    """Where each field's stamp lies. Names are only ever added at the end: rows keep theirs."""
    return {name: n * SIZE for n, name in enumerate(names)}


def take(
    row: object, stamps: bytearray, places: Mapping[str, int], said: Mapping[str, V], by: bytes
) -> None:
    """Set on `row` each said value whose stamp is the greatest yet."""
    for name, value in said.items():
        place = places[name]
        if by > stamps[place : place + SIZE]:
            stamps[place : place + SIZE] = by
            setattr(row, name, value)


def grown(stamps: bytearray, places: Mapping[str, int]) -> bytearray:
    """The stamps of a row from the topic, with room for fields that it did not have yet."""
    return stamps.ljust(len(places) * SIZE, b"\0")
