"""What several files of tests look at."""

from __future__ import annotations

from tests.integration.history_cluster import told, told_anew
from tests.integration.reading_cluster import fresh, seen

__all__ = ["fresh", "seen", "told", "told_anew"]  # fixtures
