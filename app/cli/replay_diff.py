"""`hookline replay diff`: a shadow's rows against the live ones."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Bootstrap, Prefix
from app.cli.shadows import Name, beside_live, projected_by_workers
from app.cli.show.differences import as_json as difference_json
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.successions import print_compared, print_succession
from app.cli.wiring import reading
from app.read.compare import Difference
from app.read.row_json import Plain
from app.replay.comparison import Compared, compare, visible
from app.replay.succession import OTHER, Succession

DIFFERS = 1


def diff(
    name: Name,
    limit: Annotated[int, typer.Option(min=0, help="Rows to show whole.")] = 10,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show what would change if the rows of a shadow were the live ones: which fields, in how many
    rows, and the first rows whole.

    The shadow is folded on in memory to where the worker is, so it may be older; nothing is
    written. Exit code 1 where any row would be another.
    """
    compared = Compared()
    shown: list[Succession] = []
    with reading(bootstrap, prefix, name) as to:
        beside, live = beside_live(to), to.live
        projected = projected_by_workers(to)
        say(f"Comparing {to.topics.prefix}state.* with {live.prefix}state.*")
        with progress_bar("diff") as tell:
            for one in compare(beside, projected, compared, tell):
                if one.verdict in OTHER and len(shown) < limit:
                    shown.append(one)
                    if not as_json:
                        print_succession(console(), one)
    if as_json:
        print_json(_json(name, compared, shown))
    else:
        print_compared(console(), compared, shown=len(shown), name=name)
    if compared.others:
        raise typer.Exit(DIFFERS)


def _json(shadow: str, compared: Compared, shown: list[Succession]) -> dict[str, Any]:
    return {
        "shadow": shadow,
        "rows": dict(sorted(compared.rows.items())),
        "fields": {
            name: {"rows": one.rows, "key": one.key, "example": _difference(one.example)}
            for name, one in compared.by_rows()
        },
        "items": [
            {
                "key": one.key,
                "kind": one.table,
                "verdict": one.verdict,
                "differences": list(map(_difference, visible(one.differences))),
            }
            for one in shown
        ],
        "more": compared.others - len(shown),
    }


def _difference(one: Difference | None) -> dict[str, Plain] | None:
    return None if one is None else difference_json(one, "live", "shadow")
