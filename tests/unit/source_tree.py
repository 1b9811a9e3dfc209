"""The modules of the product, read as source: who imports whom, and how long each is."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("app", "topologies", "schemas")


@dataclass(frozen=True)
class Module:
    """A file of source. `imports` are modules by their full names, ours and others."""

    name: str
    path: Path
    tree: ast.Module
    imports: frozenset[str]

    @property
    def room(self) -> str:
        return room_of(self.name)


def room_of(module: str) -> str:
    """`app.core` of `app.core.call`: the folder or file right under `app`; else the package."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "app" else parts[0]


def is_ours(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in OURS


@cache
def modules() -> dict[str, Module]:
    """By name."""
    paths = [path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))]
    names = {_name(path): path for path in paths}
    return {name: _read(name, path, names) for name, path in names.items()}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _read(name: str, path: Path, known: dict[str, Path]) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return Module(name, path, tree, frozenset(imports(tree, known)))


def imports(tree: ast.Module, known: Collection[str] = ()) -> Iterator[str]:
    """Full names; `from a import b` is a.b where that is one of the modules known, else a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None and node.level == 0, "imports are absolute here"
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & set(known)
            yield from inner or {node.module}


def at_once(module: Module) -> set[str]:
    """What it imports when it is itself imported, not only when a function of it is called."""
    first = [node for node in module.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return set(imports(ast.Module(first, []), modules()))


def reached_from(start: str) -> set[str]:
    """All modules of ours that are loaded when `start` is."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [one for one in modules()[name].imports if is_ours(one)]
    return reached
