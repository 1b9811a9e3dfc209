"""The folder of `hookline dev`: one at a time, secrets for this user alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.vendors import VENDORS
from app.dev.folder import Folder, hold
from app.dev.sources import make_sources
from app.errors import UserError
from app.sources import load_sources


def test_a_second_one_is_told_who_holds_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.dev.folder import hold\n"
        "with hold(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "h")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with pytest.raises(UserError, match=f"process {first.pid}"), hold(tmp_path / "h"):
        pass
    first.kill()
    first.communicate()
    with hold(tmp_path / "h") as folder:  # a kill frees it
        assert (folder.path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    with pytest.raises(UserError, match="HOOKLINE_DATA_DIR"), hold(tmp_path / "file" / "h"):
        pass


def test_the_default_sources_are_the_vendors_and_load(tmp_path: Path) -> None:
    with hold(tmp_path / "h") as folder:
        path = make_sources(folder)
        sources = load_sources(path, VENDORS)
        again = load_sources(make_sources(folder), VENDORS)
    assert [source.name for source in sources] == [vendor.name for vendor in VENDORS]
    assert len({source.secrets for source in sources}) == len(VENDORS)
    assert again == sources


def test_secrets_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    make_sources(folder)
    files = [folder.sources, *folder.secrets.iterdir()]
    assert len(files) == 1 + len(VENDORS)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.secrets.stat().st_mode & 0o777 == 0o700
    text = folder.sources.read_text()
    assert all(file.read_text().strip() not in text for file in folder.secrets.iterdir())


def test_what_the_user_changed_stays(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    make_sources(folder)
    folder.sources.write_text("# mine\n")
    (folder.secrets / "voiso").write_text("chosen-secret\n")
    make_sources(folder)
    assert folder.sources.read_text() == "# mine\n"
    assert (folder.secrets / "voiso").read_text() == "chosen-secret\n"
