"""What a process exposes, as a table in the documentation has it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry


def metrics_of(registry: CollectorRegistry) -> dict[str, str]:
    """Labels with commas between, by the name that Prometheus sees; the process's own are left
    out, for they are not ours."""
    return {
        name: ", ".join(collector._labelnames)  # pyright: ignore
        for collector, names in registry._collector_to_names.items()  # pyright: ignore
        if hasattr(collector, "_labelnames")
        for name in [next((n for n in names if n.endswith("_total")), min(names, key=len))]
    }
