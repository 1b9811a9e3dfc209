"""Batches written one after another, each by a thread while the next is prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from app.inspector.view.writer import Batch, ViewWriter


@contextmanager
def one_behind(writer: ViewWriter) -> Iterator[Callable[[Batch], None]]:
    """Give a `write`, for many batches in bulk, that returns before the batch is written: the next
    waits for it, and raises what went wrong. When the block is left all are committed.
    """
    with ThreadPoolExecutor(1, "view-writer") as pool:
        behind: Future[None] | None = None

        def write(batch: Batch) -> None:
            nonlocal behind
            if behind is not None:
                behind.result()
                behind = None
            if batch.places:
                behind = pool.submit(writer.write, batch, in_bulk=True)

        yield write
        if behind is not None:
            behind.result()
        writer.commit()
