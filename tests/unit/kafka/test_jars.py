"""Downloading Kafka's jars: nothing is believed before its checksum is right."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from app.errors import UserError
from app.kafka.jars import Jar, JarLock, fetch_jars, read_lock


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository on loopback, named by jgo's own configuration file."""
    root = tmp_path / "repository"
    root.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configuration = tmp_path / "jgo.conf"
    configuration.write_text(f"[repositories]\nlocal = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
    yield root
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    broken_off: ClassVar[set[str]] = set()
    """Names of jars of which only half is sent."""

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.name not in self.broken_off:
            super().do_GET()
            return
        content = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])


def publish(root: Path, name: str, content: bytes) -> Jar:
    folder = root / "org" / "example" / name / "1.0"
    folder.mkdir(parents=True)
    (folder / f"{name}-1.0.jar").write_bytes(content)
    return Jar("org.example", name, "1.0", len(content), hashlib.sha256(content).hexdigest())


def test_jars_are_downloaded_once_with_progress(repository: Path, tmp_path: Path) -> None:
    lock = JarLock("9", [publish(repository, "a", b"a" * 20_000), publish(repository, "b", b"bb")])
    told: list[tuple[int, int]] = []
    paths = fetch_jars(lock, tmp_path / "cache", lambda done, of: told.append((done, of)))
    assert [path.read_bytes() for path in paths] == [b"a" * 20_000, b"bb"]
    assert told[-1] == (20_002, 20_002)
    told.clear()
    assert fetch_jars(lock, tmp_path / "cache", lambda *_: told.append((0, 0))) == paths
    assert told == []


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(repository: Path, tmp_path: Path) -> None:
    good = publish(repository, "a", b"what was locked")
    [served] = repository.rglob("*.jar")
    served.write_bytes(b"something else!")
    with pytest.raises(UserError, match=r"a-1\.0\.jar was downloaded with the wrong checksum"):
        fetch_jars(JarLock("9", [good]), tmp_path / "cache")
    assert list((tmp_path / "cache" / "kafka-9").iterdir()) == []


def test_a_jar_that_was_damaged_in_the_cache_is_downloaded_again(
    repository: Path, tmp_path: Path
) -> None:
    lock = JarLock("9", [publish(repository, "a", b"whole"), publish(repository, "b", b"kept")])
    [damaged, kept] = fetch_jars(lock, tmp_path / "cache")
    damaged.write_bytes(b"wh")
    before = kept.stat().st_ino
    fetch_jars(lock, tmp_path / "cache")
    assert damaged.read_bytes() == b"whole"
    assert kept.stat().st_ino == before


def test_a_download_that_broke_off_is_taken_up_where_it_was(
    repository: Path, tmp_path: Path
) -> None:
    jars = [publish(repository, "a", b"a" * 1_000), publish(repository, "b", b"b" * 1_000)]
    _Quiet.broken_off.add("b-1.0.jar")
    try:
        with pytest.raises(UserError, match=r"b-1\.0\.jar .* could not be downloaded"):
            fetch_jars(JarLock("9", jars), tmp_path / "cache")
    finally:
        _Quiet.broken_off.clear()
    there = list((tmp_path / "cache" / "kafka-9").iterdir())
    assert [file.name for file in there] in ([], ["a-1.0.jar"])
    paths = fetch_jars(JarLock("9", jars), tmp_path / "cache")
    assert [path.read_bytes() for path in paths] == [b"a" * 1_000, b"b" * 1_000]


def test_a_jar_that_is_not_there_is_named_with_what_to_do(repository: Path, tmp_path: Path) -> None:
    missing = Jar("org.example", "gone", "1.0", 3, "0" * 64)
    with pytest.raises(UserError, match=r"gone-1\.0\.jar of org\.example could not be downloaded"):
        fetch_jars(JarLock("9", [missing]), tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_named(repository: Path, tmp_path: Path) -> None:
    lock = JarLock("9", [publish(repository, "a", b"a")])
    tmp_path.joinpath("file").write_text("")
    with pytest.raises(UserError, match="HOOKLINE_CACHE"):
        fetch_jars(lock, tmp_path / "file")


def test_the_lock_names_every_jar_once_with_a_checksum() -> None:
    lock = read_lock()
    names = [(jar.group, jar.name) for jar in lock.jars]
    assert len(set(names)) == len(names) > 30
    assert all(len(bytes.fromhex(jar.sha256)) == 32 and jar.size > 0 for jar in lock.jars)
    assert f"kafka_2.13-{lock.kafka}.jar" in {jar.file_name for jar in lock.jars}
