"""Faust, a batch at a time: transport, table, store. Knows nothing of webhooks.

One Faust message is a run of consecutive records of one partition (`batch`). It travels through
Faust's own conductor, channel and stream to an agent (`agent`), which sends what it makes as
ready-made Kafka record batches (`producer`) and writes the rows of tables (`table`, `rows`,
`store`). The offset after a batch is committed together with all that was sent for it
(`transactions`), or else when the agent has finished it and the broker has acknowledged all of
that (`consumer`, `open_batches`). Whatever fails for a
reason that is not a record's ends the process (`app`, `runner`): nothing uncommitted is lost, and
there is no half-way state to repair.

Faust's assignor, conductor, streams, table manager and recovery are used as they are. What is
overridden, and which fault or limit of Faust 0.15 or aiokafka 0.14 it answers, is written where it
is overridden; `tests/unit/faust_batch/test_private_names.py` holds that those names still exist.
"""
