"""The long form, by hand: one trial after the other, each with a seed of its own.

    python -m tests.faults.long --minutes 30 --seed 1

Trials of the whole chain (vendors, endpoints, broker, workers) and of the workers alone, with raw
records that no endpoint would write, take turns. A seed fixes what is sent, which faults come when,
how bad and to whom: a trial that failed is repeated with `--seed ITS_SEED --trials 1`, as far as
real processes repeat themselves. The logs of a failed trial are kept. The exit code is 1 where one
failed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from app.errors import UserError
from tests.faults.chain import chain
from tests.faults.chain_plan import FAULTS, ChainPlan, draw_chain
from tests.faults.chain_scenario import ChainScenario
from tests.faults.plan import WEIGHTS, Plan, draw
from tests.faults.scenario import Scenario
from tests.faults.site import site
from tests.faults.trial import trial
from tests.one_kafka import running_kafka

Say = Callable[[str], None]


def main() -> int:
    chosen = _options()
    until = time.monotonic() + 60 * chosen.minutes
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    failed: list[int] = []
    for seed in range(chosen.seed, chosen.seed + chosen.trials):
        if time.monotonic() > until:
            break
        where = folder / str(seed)
        where.mkdir()
        try:
            _one(where, seed, chosen)
        except (AssertionError, UserError):
            traceback.print_exc()
            print(f"seed {seed} FAILED; logs are in {where}", flush=True)
            failed.append(seed)
        else:
            shutil.rmtree(where)
    if not failed:
        folder.rmdir()
    print(f"failed: {failed or 'none'}")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--trials", type=int, default=sys.maxsize)
    options.add_argument("--seconds", type=float, default=60, help="of a trial, beside its faults")
    options.add_argument("--of", choices=["chain", "workers"], help="not both in turn")
    known = [*FAULTS, *WEIGHTS]
    options.add_argument("--faults", nargs="*", choices=known, help="these alone; with --of")
    options.add_argument("--no-transactions", action="store_true", help="of workers alone")
    return options.parse_args()


def _one(folder: Path, seed: int, chosen: argparse.Namespace) -> None:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"seed {seed} {time.monotonic() - began:6.1f} s  {what}", flush=True)

    if (chosen.of or ("workers", "chain")[seed % 2]) == "chain":
        drawn = draw_chain(seed, chosen.seconds, chosen.faults or FAULTS)
        _chain(folder, seed, drawn, say)
    else:
        drawn = draw(seed, chosen.seconds, chosen.faults or tuple(WEIGHTS))
        _workers(folder, seed, drawn, say, exactly_once=not chosen.no_transactions)


def _chain(folder: Path, seed: int, drawn: ChainPlan, say: Say) -> None:
    say(f"chain: {drawn.workers} workers, {drawn.settings}, {drawn.rate:.0f} webhooks a second")
    with site(folder) as where, chain(where, "t.", folder, seed) as one:
        one.crew.settings["HOOKLINE_DATA_DIR"] = str(folder / "machine")
        ChainScenario(one, drawn, say).run()
        owed, heard = len(one.witness.owed()), dict(one.witness.statuses)
        say(f"all is right: {owed} obligations, heard {heard}, workers ended: {one.crew.ended}")


def _workers(folder: Path, seed: int, drawn: Plan, say: Say, *, exactly_once: bool) -> None:
    where = "apart" if drawn.apart else "together"
    flow = f"{drawn.backlog} records and {drawn.rate:.0f} a second"
    say(f"workers: {drawn.workers} of them {where}, {drawn.settings}, {flow}")
    with running_kafka(folder) as broker:
        with trial(broker, "t.", folder, seed, exactly_once=exactly_once) as one:
            one.crew.settings["HOOKLINE_DATA_DIR"] = str(folder / "machine")
            Scenario(one, drawn, say).run()
            count = len(one.pump.foretold)
        say(f"all is right: {count} records, workers that ended by themselves: {one.crew.ended}")


if __name__ == "__main__":
    sys.exit(main())
