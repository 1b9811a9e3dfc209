"""Write the lock of Kafka's jars: `python -m app.kafka.lock_jars 4.1.2`.

For those who raise the version of Kafka; Hookline itself only reads the lock.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

import msgspec
from jgo.config import GlobalSettings
from jgo.maven import MavenContext

from app.kafka.jars import LOCK_FILE, Jar, JarLock

ROOTS = ("org.apache.kafka:kafka_2.13:{kafka}", "org.slf4j:slf4j-simple:1.7.36")
NOT_NEEDED = {"scala-reflect"}  # for macros, at compile time; 4 MB


def resolve(kafka: str, scratch: Path) -> JarLock:
    """Everything a broker needs at run time, from Maven's own resolution."""
    context = MavenContext(
        repo_cache=scratch, remote_repos=GlobalSettings.load().repositories or None, timeout=30
    )
    roots = [context.create_dependency(root.format(kafka=kafka)) for root in ROOTS]
    inputs, transitive = context.resolver.resolve(roots)
    jars: list[Jar] = []
    for dependency in [*inputs, *transitive]:
        if dependency.artifactId in NOT_NEEDED:
            continue
        content = dependency.artifact.resolve().read_bytes()
        jars.append(
            Jar(
                group=dependency.groupId,
                name=dependency.artifactId,
                version=dependency.artifact.version,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return JarLock(kafka=kafka, jars=sorted(jars, key=lambda jar: jar.file_name))


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        lock = resolve(sys.argv[1], Path(scratch))
    LOCK_FILE.write_bytes(msgspec.json.format(msgspec.json.encode(lock), indent=1) + b"\n")
    print(f"{len(lock.jars)} jars, {sum(jar.size for jar in lock.jars) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
