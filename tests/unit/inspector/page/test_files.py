"""The page's own files: nothing from elsewhere, nothing inline, all that is vendored is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.inspector.page

FOLDER = Path(app.inspector.page.__file__).parent
VENDOR = FOLDER / "static/vendor"
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
OWN = sorted(path for path in (FOLDER / "static").iterdir() if path.is_file())


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=lambda path: path.name)
def test_nothing_comes_from_another_machine(path: Path) -> None:
    elsewhere = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s\"']*", path.read_text())
    assert [one for one in elsewhere if one != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_policy_forbids_what_is_inline_so_there_is_none(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "|safe" not in text


def test_every_vendored_file_is_named_with_its_version_and_licence() -> None:
    named = re.findall(
        r"^\| `(.+?)` \| (\S+) \| (\S+) \|", (VENDOR / "README.md").read_text(), re.M
    )
    files = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".css")}
    assert {name for name, _, _ in named} == files
    [htmx] = [version for name, _, version in named if name == "htmx.min.js"]
    assert htmx in (VENDOR / "htmx.min.js").read_text()  # uPlot's does not say its own


def test_the_page_reads_htmx_as_it_is_vendored() -> None:
    """It asks for no extension of it."""
    templates = "".join(path.read_text() for path in TEMPLATES)
    assert "hx-ext" not in templates
