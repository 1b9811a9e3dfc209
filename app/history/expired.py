"""A row's webhooks that are no longer kept."""

from __future__ import annotations


class Expired(Exception):
    """The raw log no longer holds all of a row's webhooks: what it was cannot be known.

    `count` of its `total` webhooks are gone; `last_at` is the latest event time among them, in
    microseconds.
    """

    def __init__(self, *, key: str, count: int, total: int, last_at: int) -> None:
        super().__init__(
            f"{count:,} of the {total:,} webhooks of {key} are no longer on the raw log"
        )
        self.key = key
        self.count = count
        self.total = total
        self.last_at = last_at
