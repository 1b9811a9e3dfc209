"""Kafka's jars: those that the lock names, each with the checksum that the lock holds.

jgo downloads; nothing is believed until its SHA-256 is right. The lock is complete, so nothing
is resolved at run time; `lock_jars` writes it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock

import msgspec

from app.errors import UserError

LOCK_FILE = Path(__file__).with_name("jars.lock.json")
_PARALLEL = 4
_TIMEOUT_S = 30
_ABANDONED_S = 3600

Progress = Callable[[int, int], None]
"""Called with the bytes downloaded so far and the bytes to download, from several threads, one
call at a time."""


class Jar(msgspec.Struct, frozen=True):
    """One artifact: Maven coordinates, its size in bytes and its SHA-256 in hex."""

    group: str
    name: str
    version: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}.jar"


class JarLock(msgspec.Struct, frozen=True):
    """All that a Kafka broker of this version runs on, in the order of the class path."""

    kafka: str
    jars: list[Jar]


def read_lock(path: Path = LOCK_FILE) -> JarLock:
    return msgspec.json.decode(path.read_bytes(), type=JarLock)


def cache_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloads are kept, one place per user: HOOKLINE_CACHE or ~/.cache/hookline."""
    if given := environment.get("HOOKLINE_CACHE"):
        return Path(given).expanduser()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hookline"


def fetch_jars(lock: JarLock, cache: Path, progress: Progress | None = None) -> list[Path]:
    """The jars' paths; those that are not in the cache, or not whole, are downloaded.

    A jar appears under its name only when its checksum is right, so an interrupted download is
    simply taken up again. Raises UserError when a download fails or a checksum is wrong.
    """
    folder = cache / f"kafka-{lock.kafka}"
    missing = [jar for jar in lock.jars if _checksum(folder / jar.file_name) != jar.sha256]
    if missing:
        _download_all(missing, folder, progress)
    return [folder / jar.file_name for jar in lock.jars]


def _checksum(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _download_all(jars: list[Jar], folder: Path, progress: Progress | None) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        meter = _Meter(sum(jar.size for jar in jars), progress)
        with (
            tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as staging,
            ThreadPoolExecutor(_PARALLEL) as pool,
        ):
            try:
                for _ in pool.map(lambda jar: _download(jar, folder, Path(staging), meter), jars):
                    pass
            except BaseException:
                meter.stopped = True
                pool.shutdown(cancel_futures=True)
                raise
    except OSError as error:
        raise UserError(
            f"Kafka's jars cannot be kept in {folder}: {error.strerror or error}.",
            "Make room or give another place with the variable HOOKLINE_CACHE.",
        ) from error


def sweep(folder: Path) -> None:
    """Remove what a killed download, or a killed trial start, left behind."""
    for staging in (*folder.glob(".download-*"), *folder.glob(".trial-*")):
        if time.time() - staging.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(staging, ignore_errors=True)


def _download(jar: Jar, folder: Path, staging: Path, meter: _Meter) -> None:
    downloaded = _get(jar, staging / jar.name, meter)
    found = _checksum(downloaded)
    if found != jar.sha256:
        raise UserError(
            f"{jar.file_name} was downloaded with the wrong checksum and is refused: SHA-256 "
            f"{found}, the lock says {jar.sha256}.",
            "Try again; if it stays so, the repository or a proxy on the way serves another "
            "file than the one this version of Hookline was made with: do not use it.",
        )
    downloaded.replace(folder / jar.file_name)


def _get(jar: Jar, staging: Path, meter: _Meter) -> Path:
    # Here and not above: the two take a third of a second, and most starts download nothing.
    import requests  # noqa: PLC0415
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    context = MavenContext(
        resolver=PythonResolver(progress_callback=meter.file),
        repo_cache=staging,
        remote_repos=GlobalSettings.load().repositories or None,
        timeout=_TIMEOUT_S,
    )
    artifact = context.project(jar.group, jar.name).at_version(jar.version).artifact()
    try:
        return artifact.resolve()
    except (requests.RequestException, RuntimeError) as error:
        raise UserError(
            f"{jar.file_name} of {jar.group} could not be downloaded: {_reason(error)}.",
            "Check the network and try again: what is already there is kept. Behind a proxy set "
            "HTTPS_PROXY; for a mirror of Maven Central give it in [repositories] of jgo's "
            "configuration file; or use a Kafka that is already there with --bootstrap HOST:PORT.",
        ) from error


def _reason(error: Exception) -> str:
    return "not found in the repository" if isinstance(error, RuntimeError) else str(error)


class _Stopped(Exception):
    """Another download failed, or the user had enough."""


class _Meter:
    """Adds up what several threads download, and stops them all."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress = total, progress
        self._done = 0
        self._lock = Lock()
        self.stopped = False

    def file(self, _name: str, _size: int) -> AbstractContextManager[Callable[[int], None]]:
        return self._counted()

    @contextmanager
    def _counted(self) -> Iterator[Callable[[int], None]]:
        yield self._add

    def _add(self, count: int) -> None:
        if self.stopped:
            raise _Stopped
        with self._lock:
            self._done += count
            if self._progress is not None:
                self._progress(self._done, self._total)
