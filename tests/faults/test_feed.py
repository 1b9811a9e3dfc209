"""What is fed is the same for the same seed, and has in it what it is to have."""

from __future__ import annotations

from itertools import islice

from tests.faults.feed import ENDLESS_KEY, feed


def test_the_same_seed_feeds_the_same() -> None:
    one, same, other = (list(islice(feed(seed), 500)) for seed in (1, 1, 2))
    assert one == same != other


def test_bodies_come_again_and_one_conversation_never_ends() -> None:
    fed = [raw for raw in islice(feed(1, poison=0), 2_000) if raw.dead is None]
    bodies = {raw.value for raw in fed}
    endless = {raw.value for raw in fed if raw.key == ENDLESS_KEY.encode()}
    assert len(bodies) < 0.98 * len(fed)
    assert len(endless) > 128  # more than a row's own ledger holds
