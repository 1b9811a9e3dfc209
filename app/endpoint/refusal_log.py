"""A line of the log for refusals, without letting whoever sends them fill the disk."""

from __future__ import annotations

from collections.abc import Callable

from app.log import logger

_EVERY_S = 1.0


class RefusalLog:
    """Logs at most one refusal a second for each source and reason; the next line tells how many
    were left out. Never a body, a query or a header.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._log = logger("endpoint")
        self._last: dict[tuple[str, str], float] = {}
        self._left_out: dict[tuple[str, str], int] = {}

    def refused(self, source: str, reason: str, status: int, **also: str) -> None:
        """`source` is a configured one's name, or empty: what was sent makes no entries here."""
        about = (source, reason)
        now = self._clock()
        if now - self._last.get(about, float("-inf")) < _EVERY_S:
            self._left_out[about] = self._left_out.get(about, 0) + 1
            return
        self._last[about] = now
        left_out = self._left_out.pop(about, 0)
        if left_out:
            also["left_out"] = str(left_out)
        self._log.warning("refused", source=source, reason=reason, status=status, **also)

    def failed(self, source: str, error: Exception) -> None:
        """A fault of ours. The exception's words are left out: they may quote the body."""
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}" if place else "unknown"
        self._log.error("failed", source=source, exception=type(error).__name__, where=where)
