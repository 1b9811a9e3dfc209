"""A row's attributes: string to string, each set by the greatest stamp that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

MOST = 64  # keys a row keeps: the first in alphabetical order, so that arrival does not matter


class Stamped(msgspec.Struct, kw_only=True, gc=False):
    """The names that one event set or cleared, and no later one did. `said` is all that it said,
    to see at once when it is only said again (the schema has it not);
    `encoded` is the encoder's own: None after any change.
    """

    by: bytes
    names: list[str]
    said: Mapping[str, str | None] | None = None
    encoded: str | None = None


def take_attributes(
    attributes: dict[str, str],
    groups: list[Stamped],
    said: Mapping[str, str | None],
    by: bytes,
) -> None:
    """Set or (None) clear each said attribute whose stamp is the greatest yet."""
    if len(groups) == 1 and by > groups[0].by and groups[0].said == said:
        groups[0].by = by
        groups[0].encoded = None
        return
    if not groups or (len(groups) == 1 and by > groups[0].by and _covers(said, groups[0].names)):
        groups[:] = [Stamped(by=by, names=list(said), said=said)]
        _set(attributes, said, said)
    else:
        stamps = {name: group.by for group in groups for name in group.names}
        won = [name for name in said if by > stamps.get(name, b"")]
        _set(attributes, said, won)
        stamps.update(dict.fromkeys(won, by))
        groups[:] = _grouped(stamps)
    if sum(len(group.names) for group in groups) > MOST:
        _cut(attributes, groups)


def _covers(said: Mapping[str, str | None], names: Iterable[str]) -> bool:
    return all(name in said for name in names)


def _set(attributes: dict[str, str], said: Mapping[str, str | None], names: Iterable[str]) -> None:
    for name in names:
        value = said[name]
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value


def _grouped(stamps: Mapping[str, bytes]) -> list[Stamped]:
    groups: dict[bytes, list[str]] = {}
    for name, by in stamps.items():
        groups.setdefault(by, []).append(name)
    return [Stamped(by=by, names=names) for by, names in groups.items()]


def _cut(attributes: dict[str, str], groups: list[Stamped]) -> None:
    names = sorted(name for group in groups for name in group.names)
    for name in names[MOST:]:
        attributes.pop(name, None)
    kept = set(names[:MOST])
    for group in groups:
        group.names = [name for name in group.names if name in kept]
        group.said = group.encoded = None
    groups[:] = [group for group in groups if group.names]
