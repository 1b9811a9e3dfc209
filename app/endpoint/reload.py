"""Sources read anew while the endpoint runs, so that a secret is rotated without a restart."""

from __future__ import annotations

from collections.abc import Callable

from app.core.vendors.contract import Source
from app.endpoint.app import Endpoint
from app.endpoint.assembly import with_vendors
from app.errors import UserError
from app.log import logger

ReadSources = Callable[[], tuple[Source, ...]]


class Reload:
    """Called when they are to be read again. Secrets in files are read anew; those in the
    environment are what the process was started with.
    """

    def __init__(self, endpoint: Endpoint, read_sources: ReadSources) -> None:
        self._endpoint = endpoint
        self._read = read_sources
        self._log = logger("endpoint")

    def __call__(self) -> None:
        try:
            sources = self._read()
        except UserError as error:
            self._endpoint.metrics.reloads.labels("refused").inc()
            self._log.error("the sources stay as they were", why=error.what, remedy=error.remedy)
            return
        self._endpoint.take_from(with_vendors(sources))
        self._endpoint.metrics.reloads.labels("done").inc()
        names = [source.name for source in sources]
        self._log.info("the sources were read anew", sources=names)
