"""What README lists is what the code has: commands, sources, topics, settings, folders."""

from __future__ import annotations

import re
import shlex
from inspect import signature
from pathlib import Path

import pytest
import typer

from app.cli.commands import COMMANDS
from app.cli.main import main
from app.core.vendors import VENDORS
from app.kafka.topics import Topics, declare
from app.settings import PREFIX, Settings
from app.sources import load_sources
from tests.e2e import readme

ROOT = readme.README.parent


@pytest.mark.parametrize("command", sorted(readme.inline_commands()))
def test_commands_in_the_text_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)[1:]
    path = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
    with pytest.raises(SystemExit) as ended:
        main([*path[:2], "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert option in said


def test_every_command_takes_json_but_the_processes() -> None:
    without: set[str] = set()
    for command in COMMANDS:
        loaded = command.load()
        if isinstance(loaded, typer.Typer):
            for one in loaded.registered_commands:
                if "as_json" not in signature(one.callback or loaded).parameters:
                    without.add(f"{command.name} {one.name}")
        elif "as_json" not in signature(loaded).parameters:
            without.add(command.name)
    assert without == {"endpoint", "worker", "inspector"}


def test_its_sources_are_right(tmp_path: Path) -> None:
    file = tmp_path / "hookline.toml"
    file.write_text(readme.files()["hookline.toml"])
    [source] = load_sources(file, VENDORS, {"VOXSIG_SECRET": "of-eight-bytes"})
    assert (source.name, source.vendor, source.account_id) == ("support-eu", "voxsig", "1")


def test_every_vendor_is_listed() -> None:
    assert [row[0] for row in readme.table("Sources")] == [vendor.name for vendor in VENDORS]


def test_every_topic_is_listed_and_how_long_it_is_kept() -> None:
    kept = {
        "compact": "the newest of each key",
        "-1": "for ever",
        str(90 * 24 * 3600 * 1000): "90 days",
    }
    declared = {
        f"`{topic.name}`": kept[topic.config.get("retention.ms") or topic.config["cleanup.policy"]]
        for topic in declare(Topics(), partitions=8, replication=3)
    }
    assert {row[0]: row[-1] for row in readme.table("Topics")} == declared


BESIDE_SETTINGS = {"HOOKLINE_CACHE": "~/.cache/hookline", "JAVA_HOME": ""}


def test_every_setting_is_listed_with_its_default() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in readme.table("Settings")}
    settings = {
        _variable(name): _as_set(field.default) for name, field in Settings.model_fields.items()
    }
    assert listed == {**settings, **BESIDE_SETTINGS}


def _as_set(default: object) -> str:
    """As an environment variable has it."""
    if default is None:
        return ""
    return f"{default}".lower() if isinstance(default, bool) else f"{default}"


def _variable(field: str) -> str:
    return "SCHEMA_REGISTRY_URL" if field == "schema_registry_url" else PREFIX + field.upper()


@pytest.mark.parametrize("heading", ["Sources", "Topics", "Settings"])
def test_tables_are_whole(heading: str) -> None:
    """Each row has as many cells as its head."""
    rows = readme.table(heading)
    assert rows
    assert len({len(row) for row in rows}) == 1


def test_every_folder_has_its_line() -> None:
    listed = [path for row in readme.table("Work on it") for path in re.findall("`(.*?)`", row[0])]
    assert all((ROOT / path).is_dir() for path in listed)
    packages = {path.parent for path in (ROOT / "app").glob("*/__init__.py")}
    assert {str(path.relative_to(ROOT)) for path in packages} <= set(listed)


def test_nothing_in_it_is_of_one_machine() -> None:
    text = readme.README.read_text()
    assert not re.search(r"/(tmp|home|root|work|Users)/", text)
