"""A shadow beside the live rows, as commands come by them."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.wiring import Reading
from app.read.rows import RowReader
from app.replay.beside import Beside

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="What `hookline replay --into NAME` was given.")
]


def beside_live(to: Reading) -> Beside:
    """A shadow that is read, beside the live rows."""
    live = RowReader(to.log, to.live, to.codecs, to.rows.json)
    return Beside(live, to.rows, to.catalogue, to.selection(), to.projected() or {})


def projected_by_workers(to: Reading) -> dict[int, int]:
    """How far the workers of the live rows have come, by partition."""
    return {number: at.offset for number, at in to.committed_by(to.live).items()}
