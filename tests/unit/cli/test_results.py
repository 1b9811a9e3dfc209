"""What a query gives, as it is printed."""

from __future__ import annotations

import tracemalloc

import pytest

from app.cli.show.results import MOST, print_table

MIB = 1024 * 1024


def test_a_table_holds_the_beginnings_of_long_values(capsys: pytest.CaptureFixture[str]) -> None:
    tracemalloc.start()
    try:
        print_table(["n", "body"], ((n, f"{n}" + "x" * 4 * MIB) for n in range(20)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    shown = capsys.readouterr()
    assert most < 40 * MIB
    assert shown.out.count("x") == sum(MOST - 1 - len(f"{n}") for n in range(20))
    assert shown.out.count("…") == 20
    assert "10,000 characters" in shown.err and "--csv" in shown.err


@pytest.mark.parametrize("columns", [3, 40])
def test_values_that_are_not_long_are_whole(
    columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    row = [7, None, "x" * 150] + [True] * (columns - 3)
    print_table([f"c{n}" for n in range(columns)], [row])
    shown = capsys.readouterr()
    assert shown.out.count("x") == 150
    assert shown.out.count("true") == columns - 3
    assert shown.err == ""
