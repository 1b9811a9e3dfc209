"""The sources of a `hookline dev` that was given none: one of each vendor, secrets made up here."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from app.core.vendors import VENDORS
from app.core.vendors.contract import Vendor
from app.dev.folder import Folder

ACCOUNT = "1"  # of a vendor whose bodies may lack it


def make_sources(folder: Folder) -> Path:
    """The path of hookline.toml, written on the first run. What is there is never changed; a
    secret that is missing is made.
    """
    folder.secrets.mkdir(exist_ok=True, mode=0o700)
    for vendor in VENDORS:
        _make_secret(folder.secrets / vendor.name)
    if not folder.sources.exists():
        _write_whole(folder.sources, _document())
    return folder.sources


def _make_secret(path: Path) -> None:
    if not path.exists():
        _write_whole(path, secrets.token_hex(24) + "\n")


def _write_whole(path: Path, text: str) -> None:
    """All of it or nothing, readable by this user alone."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _document() -> str:
    head = (
        "# The sources of `hookline dev`: a URL /webhooks/<name> for each. Secrets stand in files\n"
        '# of their own, or in the environment: secrets = ["${VARIABLE}"].\n'
    )
    return "\n".join([head, *map(_table, VENDORS)])


def _table(vendor: Vendor) -> str:
    lines = [
        "[[source]]",
        f'name = "{vendor.name}"',
        f'vendor = "{vendor.name}"',
        f'secrets = ["file:secrets/{vendor.name}"]',
    ]
    if vendor.needs_account:
        lines.append(f'account_id = "{ACCOUNT}"')
    return "\n".join(lines) + "\n"
