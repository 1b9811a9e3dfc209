"""How a member leaves its group, also while that is balanced anew.

Answers aiokafka/consumer/group_coordinator.py `GroupCoordinator.close`, which waits for the join
that is under way. The broker answers it when every other member has joined as well: one that is
frozen has as long for that as its session lasts, one at work a minute. A member that leaves is
answered at once.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiokafka.errors import KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

WAIT_S = 0.5  # a member that joins nothing has left within milliseconds

say = logging.getLogger(__name__)


async def leave(coordinator: Any, wait: float = WAIT_S) -> None:
    """Close a consumer's coordinator; while the broker answers, within about three times `wait`
    seconds: what it waits for then is broken off."""
    closing = asyncio.ensure_future(coordinator.close())
    if not await _is_done(closing, wait):
        await _break_off_join(coordinator, wait)
    while not await _is_done(closing, wait):
        coordinator._coordination_task.cancel()
    try:
        closing.result()
    except KafkaError as error:
        say.warning("the group was not left in order: %r", error)
    except asyncio.CancelledError:
        pass  # with the join


async def _is_done(task: asyncio.Task[Any], within: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=within)
    return bool(done)


async def _break_off_join(coordinator: Any, within: float) -> None:
    """By leaving, on another connection: on that of the join, a broker takes up nothing before it
    has answered it."""
    node, member = coordinator.coordinator_id, coordinator.member_id
    if node is None or not member:
        return
    request = LeaveGroupRequest(coordinator.group_id, member)
    try:
        await asyncio.wait_for(coordinator._client.send(node, request), within)
    except (KafkaError, TimeoutError) as error:
        say.warning("the group was not told that this worker leaves it: %r", error)
