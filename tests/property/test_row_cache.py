"""Given any history, then the same bytes, however many rows stay objects between batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.rows import CACHED
from tests.property.seam import Partition
from tests.property.test_folds import draw_history, every_kind, thorough


@every_kind
@thorough
@given(data=st.data())
def test_a_row_read_anew_for_each_batch_is_the_same(kind: str, data: st.DataObject) -> None:
    log = draw_history(data, kind)
    size = data.draw(st.integers(1, 4))
    cached, anew = Partition(CACHED), Partition(0)
    for first in range(0, len(log), size):
        for partition in (cached, anew):
            partition.project(log[first : first + size])
            partition.write()

    assert [*anew.written()] == [*cached.written()]
