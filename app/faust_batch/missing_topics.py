"""Topics that a broker has not named yet.

One that has just started names none for a moment. Who then leads the group finds nothing to give
away (faust/assignor/partition_assignor.py `_get_copartitioned_groups` passes over what it does not
find), nobody processes anything, and aiokafka asks again after its `metadata_max_age_ms`, five
minutes. As soon as it knows of them, it has the group balanced anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka.client import AIOKafkaClient


def ask_for_missing(client: AIOKafkaClient, topics: Iterable[str]) -> None:
    """Have the brokers asked anew, where one of these is not known to have partitions."""
    if not all(client.cluster.partitions_for_topic(topic) for topic in topics):
        client.force_metadata_update()
