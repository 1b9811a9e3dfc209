"""`hookline worker`, which kills itself (SIGKILL) at a request to the broker:

    DIE_AT="EndTxnRequest after 3" python -m tests.faults.dying_worker worker …

before it sends the third request of that kind, or after the broker has answered it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from aiokafka.client import AIOKafkaClient

from app.cli.main import main

VARIABLE = "DIE_AT"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def install(kind: str, when: str, number: int) -> None:
    send = AIOKafkaClient.send
    left = number

    async def dying(self: AIOKafkaClient, node: Any, request: Any, **options: Any) -> Any:
        nonlocal left
        left -= type(request).__name__ == kind
        now = left == 0 and type(request).__name__ == kind
        if now and when == "before":
            die()
        answer = await send(self, node, request, **options)
        if now:
            die()
        return answer

    AIOKafkaClient.send = dying  # type: ignore[method-assign]


if __name__ == "__main__":
    kind, when, number = os.environ[VARIABLE].split()
    install(kind, when, int(number))
    sys.exit(main())
