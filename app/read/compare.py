"""What differs between two rows of one thing, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from app.read.row_json import Plain

LOG_FOLLOWING = ("duplicates", "late", "partition", "offset")
"""Fields that speak of the log and follow its order; all others are a function of the webhooks."""

_IDENTITIES = (
    "raw",
    "id",
    "at",
    "by",
)  # what tells the elements of a list apart, the first that does


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field that two rows do not agree on; UNSET where one of them lacks it.

    `field` is a path: `contact.name`, `attributes.utm_source`, `outcomes[77].notes`,
    `ledger[3:1204]` (an entry, by partition and offset in the raw topic).
    """

    field: str
    left: Plain | UnsetType = UNSET
    right: Plain | UnsetType = UNSET


def differences(
    left: Mapping[str, Plain], right: Mapping[str, Plain], *, without: Collection[str] = ()
) -> list[Difference]:
    """Every field that differs, in the order of the row's fields; rows as `RowJson` gives them."""
    return [
        difference
        for name in {**left, **right}
        if name not in without
        for difference in _compare(name, left.get(name, UNSET), right.get(name, UNSET))
    ]


def _compare(path: str, left: Plain | UnsetType, right: Plain | UnsetType) -> Iterator[Difference]:
    if left == right:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        yield from _mappings(path + ".{}", left, right)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _lists(path, left, right)
    else:
        yield Difference(field=path, left=left, right=right)


def _mappings(
    form: str, left: Mapping[str, Plain], right: Mapping[str, Plain]
) -> Iterator[Difference]:
    for key in {**left, **right}:
        yield from _compare(form.format(key), left.get(key, UNSET), right.get(key, UNSET))


def _lists(path: str, left: list[Plain], right: list[Plain]) -> Iterator[Difference]:
    """Elements that can be told apart are compared one by one, other lists as a whole."""
    by_identity = _by_identity(left, right)
    if by_identity is None:
        yield Difference(field=path, left=left, right=right)
        return
    ours, theirs = by_identity
    yield from _mappings(path + "[{}]", ours, theirs)
    if [name for name in {**ours, **theirs} if name in theirs] != [*theirs]:  # new ones at the end
        yield Difference(field=f"{path}[]", left=[*ours], right=[*theirs])  # their order


def _by_identity(
    left: Sequence[Plain], right: Sequence[Plain]
) -> tuple[dict[str, Plain], dict[str, Plain]] | None:
    for name in _IDENTITIES:
        ours, theirs = _keyed(name, left), _keyed(name, right)
        if ours is not None and theirs is not None:
            return ours, theirs
    return None


def _keyed(name: str, elements: Sequence[Plain]) -> dict[str, Plain] | None:
    """By the value of a field, which must be there and differ; None where it is not so."""
    keyed: dict[str, Plain] = {}
    for one in elements:
        if not isinstance(one, dict):
            return None
        message = one.get("message")  # a kept message is known by the one that it holds
        known = message if isinstance(message, dict) else one
        if name not in known or str(known[name]) in keyed:
            return None
        keyed[str(known[name])] = one
    return keyed
