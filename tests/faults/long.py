"""The long form, by hand: one trial after the other, each with a seed of its own.

    python -m tests.faults.long --minutes 30 --seed 1

A seed fixes what is fed, which faults come when, and to which worker: a trial that failed is
repeated with `--seed ITS_SEED --trials 1`, as far as real processes repeat themselves. The logs of
a failed trial are kept. The exit code is 1 where one failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from app.errors import UserError
from app.kafka.broker import Broker, install
from tests.faults.plan import WEIGHTS, draw
from tests.faults.scenario import Scenario
from tests.faults.trial import trial


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--trials", type=int, default=sys.maxsize)
    options.add_argument("--seconds", type=float, default=60, help="of a trial, beside its faults")
    options.add_argument("--faults", nargs="*", choices=list(WEIGHTS), default=list(WEIGHTS))
    options.add_argument("--no-transactions", action="store_true")
    chosen = options.parse_args()
    until = time.monotonic() + 60 * chosen.minutes
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    failed: list[int] = []
    for seed in range(chosen.seed, chosen.seed + chosen.trials):
        if time.monotonic() > until:
            break
        where = folder / str(seed)
        try:
            _one(where, seed, chosen)
        except (AssertionError, UserError):
            traceback.print_exc()
            print(f"seed {seed} FAILED; logs are in {where}", flush=True)
            failed.append(seed)
    print(f"failed: {failed or 'none'}")
    return 1 if failed else 0


def _one(folder: Path, seed: int, chosen: argparse.Namespace) -> None:
    plan = draw(seed, chosen.seconds, chosen.faults)
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"seed {seed} {time.monotonic() - began:6.1f} s  {what}", flush=True)

    where = "apart" if plan.apart else "together"
    flow = f"{plan.backlog} records and {plan.rate:.0f} a second"
    say(f"{plan.workers} workers {where}, {plan.settings}, {flow}")
    broker = Broker(install(), folder / "data", folder / "kafka.log")
    broker.start()
    try:
        broker.wait_until_ready()
        exactly_once = not chosen.no_transactions
        with trial(broker, "t.", folder, seed, exactly_once=exactly_once) as one:
            one.crew.settings["HOOKLINE_DATA_DIR"] = str(folder / "machine")
            Scenario(one, plan, say).run()
            count = len(one.pump.foretold)
        say(f"all is right: {count} records, workers that ended by themselves: {one.crew.ended}")
    finally:
        broker.stop()


if __name__ == "__main__":
    sys.exit(main())
