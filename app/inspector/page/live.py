"""What happens, told to open pages as server-sent events: which rows changed, not what they are
now. A page asks for what it shows anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from app.inspector.page.port import Inspected

MOST = 200  # keys named in one event
_PAUSE_S = 0.2


async def events(inspected: Inspected) -> AsyncIterator[bytes]:
    """`rows` with the keys that changed, null where there are too many to name; comments between,
    so that a connection that is gone is noticed.
    """
    yield b"retry: 1000\n\n"
    async for keys in inspected.changes():
        if keys is not None and not keys:
            yield b": nothing new\n\n"
            continue
        named = None if keys is None or len(keys) > MOST else sorted(keys)
        yield b"event: rows\ndata: %b\n\n" % msgspec.json.encode(named)
        await asyncio.sleep(_PAUSE_S)  # what comes meanwhile is told together
