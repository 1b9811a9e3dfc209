"""`hookline spool status`: what it shows of a folder, which it leaves as it is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from tests.unit.endpoint.spool.folder_spool import files, folder_spool
from tests.unit.endpoint.spool.webhooks import webhook


def status(data: Path, *options: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["spool", "status", "--data-dir", str(data), *options])
    return int(ended.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "spool" / "shop.webhooks.raw"
    folder.mkdir(parents=True)
    return folder


def as_json(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = status(data, "--prefix", "shop.", "--json")
    return code, json.loads(capsys.readouterr().out)


async def test_entries_bytes_the_oldest_and_whose_they_are(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    living, dead = folder_spool(folder), folder_spool(folder)
    for number in range(3):
        await living.keep(webhook(number + 5))
    await dead.keep(webhook(1))
    await dead.close()
    code, said = as_json(tmp_path, capsys)
    assert code == 0
    assert (said["folder"], said["entries"]) == (str(folder), 4)
    assert said["bytes"] == sum(path.stat().st_size for path in files(folder))
    assert said["oldest_at"] == "2025-10-09T08:53:20.000001Z"
    assert [(file["held"], file["entries"]) for file in said["files"]] == [(True, 3), (False, 1)]
    assert {file["process"].split(":")[1] for file in said["files"]} == {str(os.getpid())}
    assert said["set_aside"] == []
    assert status(tmp_path, "--prefix", "shop.") == 0
    table = capsys.readouterr().out
    assert "its process is gone" in table
    assert table.splitlines()[-1].split()[:3] == ["in", "all", "4"]
    await living.close()


async def test_files_that_are_damaged_or_set_aside_are_told_by_the_exit_code(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = folder_spool(folder)
    await spool.keep(webhook(1))
    await spool.keep(webhook(2))
    await spool.close()
    [file] = files(folder)
    file.write_bytes(file.read_bytes()[:-3] + b"xxx")
    code, said = as_json(tmp_path, capsys)
    assert code == 1
    assert said["entries"] == 1
    assert "damaged" in said["files"][0]["trouble"]
    file.rename(file.with_name(file.name + ".broken"))
    code, said = as_json(tmp_path, capsys)
    assert (code, said["entries"], said["files"]) == (1, 0, [])
    assert said["set_aside"][0]["entries"] == 1


def test_an_empty_spool_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path) == 0
    assert "is empty" in capsys.readouterr().err
