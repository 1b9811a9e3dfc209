"""How librdkafka's producers keep records in order, write each once, and lose none."""

from __future__ import annotations

from typing import Any

# One request at a time: with several under way, librdkafka takes the acknowledgement of a later
# one for that of an earlier one which failed, and brokers give it where they do not know the
# producer yet: on a new topic, or where a leader is just being elected.
IN_ORDER: dict[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    "max.in.flight.requests.per.connection": 1,
}
