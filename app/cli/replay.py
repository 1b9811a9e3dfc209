"""`hookline replay`: rows made anew from the raw log, compared with the live ones, and put in their
place.
"""

from __future__ import annotations

import typer

from app.cli.replay_copy import copy
from app.cli.replay_cutover import cutover
from app.cli.replay_diff import diff
from app.cli.replay_into import replay
from app.cli.replay_shadows import drop, list_

app = typer.Typer()
app.callback(invoke_without_command=True)(replay)
app.command()(diff)
app.command()(cutover)
app.command("list")(list_)
app.command()(drop)
app.command()(copy)
