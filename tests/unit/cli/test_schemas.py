"""`hookline schemas`, over folders made up for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import main
from tests.unit.avro.registry_twin import RegistryTwin, served
from tests.unit.avro.test_check import Folder, event, nullable

Told = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("varda/call_ended/v1", event())
    return made


def run(*arguments: object) -> int:
    try:
        main(["schemas", *map(str, arguments)])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_new_schema_is_locked_once(folder: Folder, capsys: Told) -> None:
    assert run("check", "--folder", folder.root) == 1
    assert "varda/call_ended/v1: it has no entry in the lock" in capsys.readouterr().out

    assert run("lock", "--folder", folder.root) == 0
    assert capsys.readouterr().out == "1000000000  varda/call_ended/v1\n"
    assert run("check", "--folder", folder.root) == 0
    assert "1 versions of 1 schemas are in order" in capsys.readouterr().err

    assert run("lock", "--folder", folder.root) == 0
    assert "0 new, 1 kept" in capsys.readouterr().err


def test_a_faulty_schema_is_not_locked(folder: Folder, capsys: Told) -> None:
    run("lock", "--folder", folder.root)
    before = (folder.root / "lock.json").read_bytes()
    folder.write("varda/call_ended/v1", {**event(), "doc": "changed"})
    folder.write("varda/call_ended/v2", event(nullable("a")))

    assert run("lock", "--folder", folder.root) == 1
    assert "it was published and has changed since" in capsys.readouterr().out
    assert (folder.root / "lock.json").read_bytes() == before


def test_faults_are_facts_too(folder: Folder, capsys: Told) -> None:
    assert run("check", "--folder", folder.root, "--json") == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["schema"] == "varda/call_ended/v1"
    assert fault["what"] == "it has no entry in the lock"
    assert fault["remedy"]


@pytest.mark.parametrize("command", ["check", "lock"])
def test_a_folder_without_schemas_is_named(command: str, tmp_path: Path, capsys: Told) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    (tmp_path / "others" / "a" / "b").mkdir(parents=True)
    said = {
        "nowhere": "cannot be read",
        "file": "cannot be read",
        "empty": "no schemas",
        "others": "no schemas",
    }
    for name, words in said.items():
        assert run(command, "--folder", tmp_path / name) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert str(tmp_path / name) in told.err and words in told.err
        assert not (tmp_path / name / "lock.json").exists()


def test_hooklines_own_schemas_are_in_order(capsys: Told) -> None:
    assert run("check") == 0
    assert "are in order" in capsys.readouterr().err


def test_registering_says_what_is_new(capsys: Told) -> None:
    twin = RegistryTwin()
    with served(twin) as url:
        assert run("register", "--registry", url, "--prefix", "eu.") == 0
        first = capsys.readouterr()
        assert run("register", "--registry", url, "--prefix", "eu.", "--json") == 0
        second = capsys.readouterr()

    assert "  eu.state.calls-value version 1\n" in first.out
    assert {item["action"] for item in json.loads(second.out)["items"]} == {"kept"}
    assert f"{url}: 0 registered, {len(twin.ids())} there already." in second.err


@pytest.mark.parametrize("url", [None, "ftp://registry", "http://127.0.0.1:9"])
def test_a_registry_that_is_none_is_named(
    url: str | None, capsys: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCHEMA_REGISTRY_URL", raising=False)
    assert run("register", *(() if url is None else ("--registry", url))) == 2
    assert "registry" in capsys.readouterr().err.lower()
