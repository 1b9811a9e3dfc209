"""The endpoint's job in a light form, on other stacks: what `bench_endpoint` compares it with.

A Varda signature verified, the body to the raw topic, the answer after acks=all. The key is the
delivery's id: it spreads records over partitions as Hookline's keys do, without reading the body.
No limits and time-outs, no masking, no identity, no headers, no spool, no metrics. They differ in
nothing but the stack: `job` is theirs all.
"""
