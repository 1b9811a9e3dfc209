"""What pyproject.toml declares is what is imported, and what the lock files hold."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.source_tree import OURS, ROOT, at_once, imports, is_ours, modules

PARTS = {"pydantic-core": "pydantic"}
"""Packages that belong to another, which is declared."""

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; ([^\\]+?))? \\$")


def project() -> dict[str, list[str]]:
    """The requirements of run time under "", and those of each extra."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"": table["dependencies"], **table["optional-dependencies"]}


def required(*extras: str) -> dict[str, Requirement]:
    """By name; where an extra takes another one in, what that requires."""
    found: dict[str, Requirement] = {}
    for one in (Requirement(text) for extra in extras for text in project()[extra]):
        if one.name == "hookline":
            found |= required(*one.extras)
        else:
            found[canonicalize_name(one.name)] = one
    return found


@cache
def locked(file: str) -> Mapping[str, str]:
    """Versions by name. Every line of the file is understood, or the test fails."""
    versions: dict[str, str] = {}
    hashes = 0
    for line in (ROOT / file).read_text().splitlines():
        if pin := PINNED.match(line):
            assert hashes or not versions, f"no hash before {line}"
            versions[canonicalize_name(pin[1])] = pin[2]
            hashes = 0
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line):
            hashes += 1
        else:
            assert re.fullmatch(r"\s*#.*", line), line
    assert hashes
    return versions


def test_what_is_imported_is_declared() -> None:
    assert _imported() <= required("", "export").keys()


def test_what_is_declared_is_imported() -> None:
    assert required("", "export").keys() <= _imported()


def test_what_the_extra_installs_is_loaded_only_where_it_is_asked_for() -> None:
    """So that a plain installation, such as the image, does without it."""
    extra = required("export").keys()
    needing = {
        module.name
        for module in modules().values()
        if not extra.isdisjoint(_packages(at_once(module)))
    }
    assert needing
    for module in modules().values():
        loaded = needing & at_once(module)
        assert not loaded or module.name in needing, f"{module.name} loads {loaded}"


def test_what_tests_import_is_declared() -> None:
    imported = {
        name.split(".")[0]
        for path in (ROOT / "tests").rglob("*.py")
        for name in imports(ast.parse(path.read_text()))
    }
    other_engines = required("bench").keys()  # not installed but by who compares with them
    known = imported - {*OURS, "tests", *other_engines}
    assert set(_providers(known)) <= required("", "test").keys()


def _imported() -> set[str]:
    return _packages(one for module in modules().values() for one in module.imports)


def _packages(imported: Iterable[str]) -> set[str]:
    """Those of others that modules are of."""
    return set(_providers({one.split(".")[0] for one in imported if not is_ours(one)}))


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Packages by the names of their modules: it reads all that is installed."""
    return packages_distributions()


def _providers(imported: set[str]) -> Iterator[str]:
    """The packages that modules are of, by the packages' own names."""
    known = _distributions()
    for name in imported - sys.stdlib_module_names:
        provider = canonicalize_name(known[name][0])
        yield PARTS.get(provider, provider)


@pytest.mark.parametrize(
    ("file", "extras"),
    [("requirements.lock", ("",)), ("requirements-dev.lock", ("", "test", "lint"))],
)
def test_the_lock_holds_what_is_declared(file: str, extras: tuple[str, ...]) -> None:
    for name, requirement in required(*extras).items():
        version = locked(file)[name]  # written anew by .ci/lock
        assert requirement.specifier.contains(version), f"{requirement}, locked {version}"


def test_both_locks_hold_the_same_versions() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def test_what_the_wheel_is_built_with_is_locked_too() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]
    for requirement in map(Requirement, table["requires"]):
        version = locked("requirements-build.lock")[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version)


@pytest.mark.parametrize("file", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_a_lock_says_nothing_of_where_packages_come_from(file: str) -> None:
    """Neither an index nor a path: they differ from place to place, and the hashes suffice."""
    text = (ROOT / file).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links|-f)\b", text, re.M)


def test_the_extra_of_developers_is_all_of_them() -> None:
    assert project()["dev"] == ["hookline[test,lint]"]
