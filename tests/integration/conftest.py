"""What several files of tests look at."""

from __future__ import annotations

from tests.integration.reading_cluster import fresh, seen

__all__ = ["fresh", "seen"]  # fixtures
