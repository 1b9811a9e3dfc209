"""The judge of the folds: rows worked out slowly and plainly from the whole log of a key.

Written from the vendors' table of events and the description of rows alone. It shares no code
with what it judges: JSON is parsed to dictionaries, times are parsed here, every row is worked
out from all its webhooks at once, sorted by (event time, event id).

It knows no caps on how many people, outcomes or ledger entries a row keeps: histories judged by
it stay under those.
"""

from tests.oracle.rows import expected_rows

__all__ = ["expected_rows"]
