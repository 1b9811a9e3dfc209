"""How often what is done for each partition is done."""

from __future__ import annotations

import pytest

from app.faust_batch.tuning import spread


@pytest.mark.parametrize(("partitions", "seconds"), [(1, 0.04), (8, 0.04), (16, 0.08), (256, 1.28)])
def test_many_partitions_take_as_much_in_all_as_a_few(partitions: int, seconds: float) -> None:
    assert spread(0.04, partitions) == pytest.approx(seconds)
