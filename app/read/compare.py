"""What differs between two rows of one thing, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core.ledger import Entry, unpack
from app.core.projection import AnyRow
from app.core.webhook import iso

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
INTERNAL = ("ledger", "fold")
LOG_FOLLOWING = ("duplicates", "late", "partition", "offset")
"""Fields that speak of the log and follow its order; all others are a function of the webhooks."""

_UNSEEN = ("written",)  # no field of the schema
_IDENTITIES = ("id", "at", "by")  # what tells the elements of a list apart, the first that does


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field that two rows do not agree on; UNSET where one of them lacks it.

    `field` is a path: `contact.name`, `attributes.utm_source`, `outcomes[77].notes`,
    `ledger[3:1204]` (an entry, by partition and offset in the raw topic).
    """

    field: str
    left: Plain | UnsetType = UNSET
    right: Plain | UnsetType = UNSET

    @property
    def internal(self) -> bool:
        """Whether it lies in what readers do not see."""
        return self.field.startswith(INTERNAL)


def differences(left: AnyRow, right: AnyRow, *, without: Sequence[str] = ()) -> list[Difference]:
    """Every field that differs, in the order of the row's fields."""
    return [
        difference
        for name in type(left).__struct_fields__
        if name not in _UNSEEN and name not in without
        for difference in _compare(name, name, getattr(left, name), getattr(right, name))
    ]


def plain(value: object, name: str = "") -> Plain:
    """A value as JSON: times (fields named `at` or `…_at`) as ISO text, bytes as hex."""
    match value:
        case int() if value and (name == "at" or name.endswith("_at")):
            return iso(value)
        case int() | float() | str() | None:
            return value
        case bytes() | bytearray():
            return value.hex()
        case msgspec.Struct():
            return {field: plain(getattr(value, field), field) for field in _fields(value)}
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case Sequence():
            return [plain(one) for one in value]
        case _:
            raise TypeError(f"a row holds no {type(value).__name__}")


def _fields(struct: msgspec.Struct) -> list[str]:
    return [name for name in struct.__struct_fields__ if name not in _UNSEEN]


def _compare(path: str, name: str, left: Any, right: Any) -> Iterator[Difference]:
    if left == right:
        return
    if name == "ledger":
        yield from _ledgers(path, left, right)
    elif isinstance(left, msgspec.Struct) and isinstance(right, msgspec.Struct):
        for field in _fields(left):
            yield from _compare(
                f"{path}.{field}", field, getattr(left, field), getattr(right, field)
            )
    elif isinstance(left, dict) and isinstance(right, dict):
        yield from _mappings(path, ".{}", left, right)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _lists(path, name, left, right)
    else:
        yield Difference(field=path, left=plain(left, name), right=plain(right, name))


def _mappings(
    path: str, form: str, left: Mapping[Any, Any], right: Mapping[Any, Any]
) -> Iterator[Difference]:
    for key in {**left, **right}:
        place = path + form.format(key)
        if key in left and key in right:
            yield from _compare(place, "", left[key], right[key])
        else:
            yield Difference(
                field=place,
                left=plain(left[key]) if key in left else UNSET,
                right=plain(right[key]) if key in right else UNSET,
            )


def _lists(path: str, name: str, left: list[Any], right: list[Any]) -> Iterator[Difference]:
    """Elements that can be told apart are compared one by one, other lists as a whole."""
    by_identity = _by_identity(left, right)
    if by_identity is None:
        yield Difference(field=path, left=plain(left, name), right=plain(right, name))
        return
    ours, theirs = by_identity
    found = list(_mappings(path, "[{}]", ours, theirs))
    yield from found
    if not found:  # the same elements
        yield Difference(field=f"{path}[]", left=[*ours], right=[*theirs])


def _by_identity(left: list[Any], right: list[Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    both = [*left, *right]
    if not both or not all(isinstance(one, msgspec.Struct) for one in both):
        return None
    for name in _IDENTITIES:
        if name in both[0].__struct_fields__:
            ours = {str(plain(getattr(one, name), name)): one for one in left}
            theirs = {str(plain(getattr(one, name), name)): one for one in right}
            if (len(ours), len(theirs)) == (len(left), len(right)):
                return ours, theirs
    return None


def _ledgers(path: str, left: bytearray, right: bytearray) -> Iterator[Difference]:
    ours, theirs = _entries(left), _entries(right)
    for place in sorted({*ours, *theirs}):
        one, other = ours.get(place), theirs.get(place)
        if one != other:
            yield Difference(
                field=f"{path}[{place[0]}:{place[1]}]",
                left=UNSET if one is None else describe(one),
                right=UNSET if other is None else describe(other),
            )
    if ours == theirs:
        yield Difference(field=f"{path}[]", left=_places(left), right=_places(right))


def _entries(packed: bytearray) -> dict[tuple[int, int], Entry]:
    return {(entry.partition, entry.offset): entry for entry in unpack(packed)}


def _places(packed: bytearray) -> list[Plain]:
    return [f"{entry.partition}:{entry.offset}" for entry in unpack(packed)]


def describe(entry: Entry) -> dict[str, Plain]:
    """An entry of the ledger for readers: the first 16 digits of the event id, and so on."""
    described: dict[str, Plain] = {
        "raw": f"{entry.partition}:{entry.offset}",
        "event": entry.event.hex(),
        "at": iso(entry.at),
        "duplicate": entry.duplicate,
    }
    if not entry.duplicate and entry.kind:
        described["message"] = entry.cls
        described["message_at"] = iso(entry.message_at) if entry.message_at else None
    return described
