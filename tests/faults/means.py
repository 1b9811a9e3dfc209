"""What a fault needs of the machine, and whether it is there."""

from __future__ import annotations


class NotPossible(Exception):
    """A fault that cannot be had here: which, why, and what would help, in a sentence."""
