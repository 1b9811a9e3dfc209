"""The job in a light form, on other engines: what `bench_engines` compares Hookline's worker with.

Typed JSON decode, an Avro event out, a fold, an Avro row out. A row is half as rich as Hookline's
and has no ledger, events go without headers, nothing is made of what cannot be decoded, and what
arrives out of order is folded as it comes. Engines differ in nothing but the engine: `job` is
theirs all.
"""
