"""`hookline worker` before it was mended: it cannot decode some types of events."""

from __future__ import annotations

import sys

import topologies.worker
from app.cli.main import main
from tests.unit.redrive.broken import BrokenCatalogue

if __name__ == "__main__":
    topologies.worker.Catalogue = lambda *_: BrokenCatalogue()  # type: ignore[assignment,misc]
    sys.exit(main())
