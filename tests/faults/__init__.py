"""Proof that the worker never loses: real `hookline worker` processes on a real Kafka, while they,
the broker and the records themselves misbehave by a seeded plan.

`feed` and `poison` make raw records and foretell their dead letters, `pump` produces them at a
bounded rate, `crew` runs the workers, `proof` compares what the topics hold with the truth (`truth`
refolds the raw log from scratch), `trial` puts them together. `plan` draws a scenario from a seed;
`python -m tests.faults.long` runs many of them.
"""
