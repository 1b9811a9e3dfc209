"""Vendors, endpoints, spool, broker and workers under everything at once: each 2xx was kept."""

from __future__ import annotations

from tests.faults.chain import Chain
from tests.faults.chain_plan import CONDITIONS, FAULTS, HASTY_GAP_S, draw_chain
from tests.faults.chain_scenario import DO, ChainScenario

SEED, SECONDS = 3, 18.0
HASTE = 4.0


def test_every_fault_at_once(chain: Chain) -> None:
    plan = draw_chain(SEED, SECONDS, gap=HASTY_GAP_S)
    ChainScenario(chain, plan, print).run(HASTE)
    assert {200, 202} <= set(chain.witness.statuses)


def test_the_plan_of_that_trial_has_every_fault_in_it() -> None:
    plan = draw_chain(SEED, SECONDS, gap=HASTY_GAP_S)
    assert {step.fault for step in plan.steps} == set(FAULTS) == DO.keys()


def test_the_same_seed_draws_the_same_and_what_begins_ends() -> None:
    one, same, other = (draw_chain(seed, 60) for seed in (1, 1, 2))
    assert one == same != other
    for name in CONDITIONS:
        ends = [step.ends for step in one.steps if step.fault == name]
        assert ends == [False, True] * (len(ends) // 2)
