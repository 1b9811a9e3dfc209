"""`hookline replay copy`, whose transactions are small and end in the midst: see dying_redrive."""

from __future__ import annotations

import sys

import app.kafka.transactional
from app.cli.main import main
from app.replay.copying.run import Copy
from tests.integration.dying_redrive import DyingProducer

TOGETHER = 200

if __name__ == "__main__":
    app.kafka.transactional.Producer = DyingProducer  # type: ignore[misc]
    Copy.__init__.__kwdefaults__["together"] = TOGETHER
    sys.exit(main())
