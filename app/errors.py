"""Errors that a user caused and can put right."""

from __future__ import annotations


class UserError(Exception):
    """What is wrong, naming the thing, and what to do about it.

    The command line prints both on stderr, without a traceback, and exits with code 2. Neither
    part ever holds a secret. `what` may run over several lines (a list of faults).
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n{remedy}")
        self.what = what
        self.remedy = remedy
