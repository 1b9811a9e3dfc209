"""Settings of the worker that a benchmark is told: `-s HOOKLINE_NAME=VALUE`, as often as wanted."""

from __future__ import annotations

import argparse


def add_settings(options: argparse.ArgumentParser) -> None:
    options.add_argument(
        *("--set", "-s"),
        dest="settings",
        action="append",
        type=_setting,
        default=[],
        metavar="HOOKLINE_NAME=VALUE",
        help="a setting of the worker",
    )


def _setting(text: str) -> tuple[str, str]:
    name, is_one, value = text.partition("=")
    if not is_one or not name.startswith("HOOKLINE_"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected HOOKLINE_NAME=VALUE")
    return name, value
