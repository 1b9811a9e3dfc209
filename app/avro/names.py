"""Avro's rule of names."""

from __future__ import annotations


def full_name(name: str, namespace: str | None) -> str:
    """The full name of a named type: a name with dots is one already."""
    return name if "." in name or not namespace else f"{namespace}.{name}"
