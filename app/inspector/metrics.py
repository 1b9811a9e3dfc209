"""The inspector's own metrics."""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    ProcessCollector,
    generate_latest,
)


class Metrics:
    """Counted by route, not by path: paths are anything that anybody asks for."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "hookline_inspector_requests",
            "Requests answered",
            ("route", "status"),
            registry=self.registry,
        )

    def page(self) -> bytes:
        return generate_latest(self.registry)
