"""Proof that nothing is lost and that rows are right, while processes, disks, wires and clocks
misbehave by a seeded plan. What is promised, and which trial shows it: docs/faults.md.

The whole chain (`chain`): `vendors` send signed webhooks to real endpoints, try again as real ones
do, with forgeries among them; `witness` writes each 2xx down the moment it is heard. `site` has
a broker on a small `disk` at the end of a bad `wire`; `clock` makes time wrong; `endpoints` and
`crew` run the processes. Then `settlement` compares what was sent and heard with the raw log,
`stories` the rows with what the vendors' scripts say.

Workers alone (`trial`): `feed` and `poison` make raw records, also such as no endpoint would write,
and foretell their dead letters; `pump` produces them at a bounded rate.

Either way `proof` compares what the topics hold with the truth (`truth` refolds the raw log from
scratch). `chain_plan` and `plan` draw what happens from a seed, `chain_scenario` and `scenario` do
it; `python -m tests.faults.long` runs many of them.
"""
