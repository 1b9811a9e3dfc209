"""What a comparison of rows with the raw log found, as JSON: the same from the command line and
from the inspector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from app.core.row import FOLD_VERSION
from app.read.avro_json import Plain
from app.read.compare import Difference
from app.replay.finding import Finding, Tally


def finding_json(finding: Finding) -> dict[str, Any]:
    """In `differences`, `row` is what the row has and `raw` what the raw log gives; a side that
    lacks the field is left out.
    """
    shown: dict[str, Any] = {
        "key": finding.key,
        "kind": finding.table,
        "verdict": finding.verdict,
        "offset": finding.offset,
        "fold_version": finding.fold_version,
        "differences": [_difference_json(one) for one in finding.differences],
        "records": finding.records,
    }
    return shown | ({"why": finding.why} if finding.why else {})


def _difference_json(one: Difference) -> dict[str, Plain]:
    sides = {"row": one.left, "raw": one.right}
    return {"field": one.field} | {name: side for name, side in sides.items() if side is not UNSET}


def read_finding(said: Mapping[str, Any]) -> Finding:
    """What `finding_json` wrote. Raises KeyError or TypeError for anything else."""
    return Finding(
        table=said["kind"],
        key=said["key"],
        verdict=said["verdict"],
        offset=said["offset"],
        fold_version=said["fold_version"],
        differences=[
            Difference(field=one["field"], left=one.get("row", UNSET), right=one.get("raw", UNSET))
            for one in said["differences"]
        ],
        records=said["records"],
        why=said.get("why"),
    )


def checked_json(finding: Finding, tally: Tally) -> dict[str, Any]:
    """Of one row, with what was read of the raw log for it."""
    return finding_json(finding) | {"raw": _raw_json(tally)}


def read_checked(said: Mapping[str, Any]) -> tuple[Finding, Tally]:
    """What `checked_json` wrote. Raises KeyError or TypeError for anything else."""
    finding = read_finding(said)
    return finding, Tally(rows=Counter([finding.verdict]), **said["raw"])


def summary_json(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.wrong == 0,
        "rows": dict(sorted(tally.rows.items())),
        "fold_version": FOLD_VERSION,
        "raw": _raw_json(tally),
    }


def _raw_json(tally: Tally) -> dict[str, int]:
    return {
        "records": tally.records,
        "waiting": tally.waiting,
        "dead": tally.dead,
        "redrivable": tally.redrivable,
        "redriven": tally.redriven,
        "foreign": tally.foreign,
    }
