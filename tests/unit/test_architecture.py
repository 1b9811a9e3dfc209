"""Which room may use which, and how large a room may be.

Dependencies point inward: what a webhook means knows nothing of where it comes from, where it
goes, or how it is shown.
"""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter

import pytest

from tests.unit.source_tree import ROOT, is_ours, modules, reached_from, room_of

LONGEST = 400
"""Lines of a module. Most are under 150; one that grows to this holds two things."""

RIM = {"app.errors", "app.settings", "app.log"}
"""What every process has: errors for people, settings, logs."""

MAY_USE: dict[str, set[str]] = {
    # Pure: no I/O, no clock, no Kafka, no Faust.
    "app.core": set(),
    # Knows nothing of webhooks.
    "app.faust_batch": set(),
    "schemas": set(),
    "app.errors": set(),
    "app.log": set(),
    "app.settings": {"app.errors"},
    "app.secret_reference": set(),
    "app.toml_lines": set(),
    "app.sources": {"app.core", "app.errors", "app.secret_reference", "app.toml_lines"},
    "app.child": {"app.errors"},
    "app.avro": {"app.core", "app.errors"},
    "app.kafka": {"app.core", "app.child", *RIM},
    "app.read": {"app.core", "app.avro", "app.kafka", "app.errors"},
    "app.replay": {"app.core", "app.avro", "app.kafka", "app.read", "app.errors"},
    "app.history": {"app.core", "app.avro", "app.kafka", "app.read", "app.errors"},
    "app.export": {"app.core", "app.avro", "app.kafka", "app.read", "app.errors"},
    "app.redrive": {"app.core", "app.avro", "app.kafka", "app.read", "app.replay", "app.errors"},
    "app.endpoint": {"app.core", "app.kafka", *RIM},
    "app.inspector": {
        *("app.core", "app.avro", "app.kafka", "app.read", "app.replay", "app.history"),
        "app.redrive",
        *RIM,
    },
    "topologies": {"app.core", "app.avro", "app.kafka", "app.faust_batch", *RIM},
    # For trying it out: no process of the product uses these two.
    "app.simulate": {"app.core", "app.errors"},
    "app.dev": {"app.core", "app.kafka", "app.child", "app.sources", *RIM},
}
"""By room, the others that it may import. The command line may import all, and none imports it."""

EXCEPTIONS = {
    ("app.avro.subjects", "app.kafka.topics"): "subjects are named after topics",
    ("topologies.tables", "app.read.tables"): "which topic is a table's changelog",
}

NO_PURE_MODULE = {
    *("asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess"),
    *("sys", "tempfile", "threading", "time", "urllib.request", "uuid"),
}
CLOCKS = {"now", "utcnow", "today"}


def test_every_room_has_its_place() -> None:
    rooms = {module.room for module in modules().values()} - {"app", "app.cli"}
    assert rooms == MAY_USE.keys()


@pytest.mark.parametrize("room", sorted(MAY_USE))
def test_a_room_uses_what_it_may_and_nothing_else(room: str) -> None:
    used = {
        (module.name, imported)
        for module in modules().values()
        if module.room == room
        for imported in module.imports
        if is_ours(imported) and room_of(imported) != room
    }
    wrong = {
        f"{module} imports {imported}"
        for module, imported in used - EXCEPTIONS.keys()
        if room_of(imported) not in MAY_USE[room]
    }
    assert not wrong


def test_every_exception_is_still_one() -> None:
    for module, imported in EXCEPTIONS:
        assert imported in modules()[module].imports, f"{module} no longer imports {imported}"


def test_no_circle_of_modules() -> None:
    graph = {
        module.name: {one for one in module.imports if one in modules()}
        for module in modules().values()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_core_does_nothing_but_compute() -> None:
    """No file, no socket, no thread, no chance, no clock; of the packages only msgspec."""
    for module in modules().values():
        if module.room != "app.core":
            continue
        outside = {one for one in module.imports if not is_ours(one)}
        assert not outside & NO_PURE_MODULE, module.name
        assert outside <= {"msgspec"} | _standard(outside), module.name
        clocks = {
            node.attr
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS
        }
        assert not clocks, f"{module.name} asks what time it is"


def _standard(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in sys.stdlib_module_names}


@pytest.mark.parametrize("process", ["endpoint", "worker", "inspector"])
def test_a_process_of_production_loads_nothing_that_is_for_trying_it_out(process: str) -> None:
    reached = {room_of(module) for module in reached_from(f"app.cli.{process}")}
    assert not reached & {"app.dev", "app.simulate"}


def test_a_vendor_is_known_to_its_folder_and_to_the_list() -> None:
    """So that a new vendor is one folder, its schemas, and one line."""
    folders = {
        path.name for path in (ROOT / "app/core/vendors").iterdir() if (path / "verify.py").exists()
    }
    assert folders
    for module in modules().values():
        if module.room == "app.simulate" or module.name == "app.core.vendors":
            continue
        own = module.name.removeprefix("app.core.vendors.").split(".")[0]
        others = {
            imported
            for imported in module.imports
            for folder in folders - {own}
            if imported.startswith(f"app.core.vendors.{folder}")
        }
        assert not others, f"{module.name} imports {others}"


@pytest.mark.parametrize("folder", ["app", "topologies", "tests"])
def test_rooms_are_small_and_named_for_what_they_hold(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LONGEST, f"{path.relative_to(ROOT)} has {lines} lines"
        assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager"}
