"""What stands between Faust's decoding of messages and a batch: nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import faust


class BatchSchema(faust.Schema):
    """Hands the batch to the agent as it is.

    Answers faust/serializers/schemas.py `Schema.compile`, which decodes key and value of every
    message and throws decode errors into the stream; decoding in bulk is the agent's work.
    """

    def compile(
        self,
        app: Any,
        *,
        on_key_decode_error: Any = None,
        on_value_decode_error: Any = None,
        default_propagate: bool = False,
    ) -> Callable[..., Awaitable[Any]]:
        create_event = app.create_event

        async def decode(message: Any, *, propagate: bool = False) -> Any:
            return create_event(None, message.value, None, message)

        return decode
