"""Histories of raw records: simulated stories, and soups of payloads that no script would tell."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import msgspec
from hypothesis import strategies as st

from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.simulate.scene import Ids, Scene
from app.simulate.spelling import HOUR, MINUTE, SECOND
from app.simulate.stories import stories_of
from app.simulate.story import Story
from app.simulate.webhook import Webhook
from tests.raw_record import raw_record

NOW = 1_790_000_000 * SECOND
VENDOR_NAMES = ("voiso", "varda", "convocore", "voxsig")
SECRET = b"a-secret-of-the-shop"
PARTITION = 3


def source_of(vendor: str, *, verify: bool = True) -> Source:
    return Source(name=vendor, vendor=vendor, secrets=(SECRET,), account_id="1", verify=verify)


def in_log_order(records: Sequence[RawRecord]) -> list[RawRecord]:
    """The same records with ascending offsets."""
    return [msgspec.structs.replace(record, offset=n) for n, record in enumerate(records)]


@st.composite
def stories(draw: st.DrawFn, vendor: str) -> Story:
    """One story of a vendor, of any kind."""
    source = source_of(vendor, verify=vendor != "voiso")
    told = draw(st.sampled_from(stories_of(source)))
    seed = draw(st.integers(0, 2**32))
    return told.tell(source, Scene(Random(seed), Ids(seed * 1_000), NOW))


@st.composite
def received(draw: st.DrawFn, webhooks: Sequence[Webhook]) -> list[RawRecord]:
    """Records of webhooks, in their order; each body has one receive time: soon after its event,
    hours after, or (its clock is fast) before.
    """
    delays = st.sampled_from((0, SECOND, MINUTE, 5 * HOUR, -HOUR, -30 * HOUR))
    by_id = {webhook.id: webhook.at + draw(delays) for webhook in webhooks}
    return in_log_order([raw_record(one, by_id[one.id], partition=PARTITION) for one in webhooks])


@st.composite
def shuffled(draw: st.DrawFn, records: Sequence[RawRecord]) -> list[RawRecord]:
    """The same records in any order, some of them more than once."""
    again = draw(st.lists(st.sampled_from(records), max_size=len(records)))
    return in_log_order(draw(st.permutations([*records, *again])))
