"""What a query gives, as it is printed."""

from __future__ import annotations

import os
import sys
import tracemalloc
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from app.cli.show.output import print_json, print_json_line
from app.cli.show.results import MOST, print_csv, print_json_rows, print_table
from app.cli.show.texts import safe

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


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b1m\r\u202e"


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """For stdout; its other end."""
    other, end = os.openpty()
    tty.setraw(end)
    try:
        with os.fdopen(end, "w", encoding="utf-8") as stdout:
            monkeypatch.setattr(sys, "stdout", stdout)
            yield other
    finally:
        os.close(other)


def test_csv_steers_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as other:
        print_csv([f"a{HOSTILE}", "b"], [[HOSTILE, None], ["two\nlines", "é"]])
        shown = os.read(other, 10_000).decode()
    steers = safe(HOSTILE)
    assert not {*HOSTILE[:1], "\x07", "\x9b", "\u202e"} & {*shown}
    assert shown == f'"a{steers}",b\r\n"{steers}",\r\n"two\nlines",é\r\n'


def test_csv_for_programs_is_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_csv([f"a{HOSTILE}"], [[HOSTILE]])
    assert capfdbinary.readouterr().out.decode() == f'"a{HOSTILE}"\r\n"{HOSTILE}"\r\n'


@pytest.mark.parametrize(
    "printed", [print_json, print_json_line, lambda one: print_json_rows([*one], [one.values()])]
)
def test_json_says_all_and_steers_nothing(
    printed: Callable[[dict[str, str]], None], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Whoever reads it: what steers stands by its number, which is the same to a program."""
    steers = "".join(
        map(chr, (*range(32), *range(0x7F, 0xA0), *range(0x2028, 0x202F), 0x2066, 0x2069))
    )
    row = {f"a{steers}": f"é{steers}客户", "b": "\\u009f"}
    printed(row)
    shown = capfdbinary.readouterr().out.decode()
    assert msgspec.json.decode(shown) in (row, [row])
    assert {*steers} & {*shown} <= {"\n"}
    assert "é" in shown and "客户" in shown


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
