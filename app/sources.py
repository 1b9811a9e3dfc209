"""hookline.toml: which subscriptions of which vendors there are, and where their secrets are.

A bad file is refused whole, with every fault named at once. Secrets stand in the environment or
in files of their own; no message, `repr` or log ever shows one.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.vendors.contract import Source, Vendor
from app.errors import UserError
from app.secret_reference import FORMS, BadReference, follow
from app.toml_lines import line_of

FIELDS = ("name", "vendor", "secrets", "account_id", "verify")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ACCOUNT = re.compile(r"[!-~]{1,64}")


def load_sources(
    path: Path, vendors: Iterable[Vendor], environ: Mapping[str, str] = os.environ
) -> tuple[Source, ...]:
    """The sources of a file, in its order. File references are relative to the file's folder.

    Raises UserError that names, for each fault, the line, the field and what was expected.
    """
    text, document = _document(path)
    reader = _Reader(path, {vendor.name: vendor for vendor in vendors}, environ)
    sources = reader.read(document)
    if reader.faults:
        raise _refusal(path, text, reader.faults)
    return sources


def source_names(path: Path) -> list[str]:
    """What the sources of a file are called, for whoever has not their secrets. Raises UserError
    where it cannot be read.
    """
    _, document = _document(path)
    tables = document.get("source")
    tables = tables if isinstance(tables, list) else []
    named = [table.get("name") for table in tables if isinstance(table, dict)]
    return [name for name in named if isinstance(name, str)]


def _document(path: Path) -> tuple[str, dict[str, Any]]:
    """Text of a file, and what it says. Raises UserError."""
    try:
        text = path.read_bytes().decode()
        return text, tomllib.loads(text)
    except OSError as error:
        raise UserError(
            f"The configuration {path} cannot be read: {error.strerror}.",
            "Name the right file with --config or HOOKLINE_CONFIG.",
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not TOML: {error}.", "Correct it and start again.") from None


@dataclass(frozen=True, slots=True)
class _Fault:
    where: tuple[str | int, ...]
    what: str

    @property
    def field(self) -> str:
        steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.where]
        return "".join(steps).lstrip(".")


def _refusal(path: Path, text: str, faults: list[_Fault]) -> UserError:
    lines = sorted((line_of(text, fault.where), fault.field, fault.what) for fault in faults)
    many = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
    return UserError(
        "\n  ".join(
            [f"{path} has {many}:"] + [f"line {at}, {name}: {what}" for at, name, what in lines]
        ),
        "Correct the file and start again.",
    )


@dataclass(slots=True)
class _Reader:
    """Reads the parsed file and gathers every fault instead of stopping at the first."""

    path: Path
    vendors: Mapping[str, Vendor]
    environ: Mapping[str, str]
    faults: list[_Fault] = field(default_factory=list["_Fault"])

    def read(self, document: dict[str, Any]) -> tuple[Source, ...]:
        for name in document:
            if name != "source":
                self._fault((name,), "unknown; expected only [[source]] tables")
        tables = document.get("source")
        if not isinstance(tables, list) or not tables:
            self._fault(("source",), "expected at least one [[source]] table")
            return ()
        sources: list[Source] = []
        for at, table in enumerate(tables):
            if isinstance(table, dict):
                sources.append(self._source(("source", at), table))
            else:
                self._fault(("source", at), "expected a [[source]] table")
        self._unique(sources)
        return tuple(sources)

    def _fault(self, where: tuple[str | int, ...], what: str) -> None:
        self.faults.append(_Fault(where, what))

    def _source(self, at: tuple[str | int, ...], table: dict[str, Any]) -> Source:
        for name in table:
            if name not in FIELDS:
                self._fault((*at, name), f"unknown field; expected one of {', '.join(FIELDS)}")
        vendor = self._vendor(at, table)
        verify = self._verify(at, table, vendor)
        return Source(
            name=self._name(at, table),
            vendor=vendor.name if vendor else "",
            secrets=self._secrets(at, table, verify),
            account_id=self._account(at, table, vendor),
            verify=verify,
        )

    def _name(self, at: tuple[str | int, ...], table: dict[str, Any]) -> str:
        name = table.get("name")
        if isinstance(name, str) and NAME.fullmatch(name):
            return name
        self._fault(
            (*at, "name"),
            "expected 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit"
            + _found(name),
        )
        return ""

    def _unique(self, sources: list[Source]) -> None:
        first: dict[str, int] = {}
        for at, source in enumerate(sources):
            if source.name and first.setdefault(source.name, at) != at:
                self._fault(
                    ("source", at, "name"),
                    f"expected a name of its own; source[{first[source.name]}] is"
                    f" {source.name!r} already",
                )

    def _vendor(self, at: tuple[str | int, ...], table: dict[str, Any]) -> Vendor | None:
        name = table.get("vendor")
        if isinstance(name, str) and name in self.vendors:
            return self.vendors[name]
        known = ", ".join(sorted(self.vendors))
        self._fault((*at, "vendor"), f"expected one of {known}{_found(name)}")
        return None

    def _verify(
        self, at: tuple[str | int, ...], table: dict[str, Any], vendor: Vendor | None
    ) -> bool:
        verify = table.get("verify", "required")
        if verify not in ("required", "off"):
            self._fault((*at, "verify"), f'expected "required" or "off"{_found(verify)}')
        elif verify == "off" and vendor is not None and not vendor.may_be_unsigned:
            self._fault(
                (*at, "verify"), f'expected "required": {vendor.name} always proves who it is'
            )
        return verify != "off"

    def _account(
        self, at: tuple[str | int, ...], table: dict[str, Any], vendor: Vendor | None
    ) -> str | None:
        account = table.get("account_id")
        if account is None:
            if vendor is not None and vendor.needs_account:
                self._fault(
                    (*at, "account_id"),
                    f"missing; {vendor.name} bodies may lack the account, and its ids mean"
                    " nothing without",
                )
            return None
        if isinstance(account, int) and not isinstance(account, bool):
            account = str(account)
        if isinstance(account, str) and ACCOUNT.fullmatch(account):
            return account
        self._fault((*at, "account_id"), "expected 1 to 64 printable ASCII characters, no spaces")
        return None

    def _secrets(
        self, at: tuple[str | int, ...], table: dict[str, Any], verify: bool
    ) -> tuple[bytes, ...]:
        at = (*at, "secrets")
        references = table.get("secrets", [])
        if not isinstance(references, list):
            self._fault(at, f"expected a list of {FORMS}")
            return ()
        if not references and verify:
            self._fault(at, f"expected at least one {FORMS}, the newest first")
        secrets: list[bytes] = []
        for number, reference in enumerate(references):
            try:
                secrets.append(follow(reference, self.path.parent, self.environ))
            except BadReference as bad:
                self._fault((*at, number), str(bad))
        return tuple(secrets)


def _found(value: object) -> str:
    if value is None:
        return "; it is missing"
    return f"; found {value[:64]!r}" if isinstance(value, str) else "; found something else"
