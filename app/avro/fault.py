"""What may be wrong with schema files."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong with one schema file, and what to do."""

    schema: str
    what: str
    remedy: str


NEW_VERSION = "Restore the file; put the change into a new version."
