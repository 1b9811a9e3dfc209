"""docker/Dockerfile: what is in the image, who runs it, and how its health is asked."""

from __future__ import annotations

import re
import tomllib

import pytest

from app.cli.main import main
from app.settings import Settings
from tests.unit.docker.files import DOCKER, ROOT, dockerfile, last_stage


def rests(word: str, *, last: bool = False) -> list[str]:
    return [one.rest for one in (last_stage() if last else dockerfile()) if one.word == word]


def test_its_base_is_a_slim_python_that_the_project_takes() -> None:
    bases = {re.sub(r" AS \w+$", "", rest) for rest in rests("FROM")}
    [base] = bases
    version = re.fullmatch(r"python:(3\.\d+)-slim-[a-z]+", base)
    assert version, base
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]


def test_it_is_installed_by_the_lock_with_hashes_checked() -> None:
    installs = [
        command.strip()
        for rest in rests("RUN")
        for command in rest.split("&&")
        if re.search(r"\bpip (install|wheel)\b", command)
    ]
    assert len(installs) == 4
    for command in installs:
        assert "--require-hashes" in command or "--no-deps" in command, command
    assert any("--require-hashes --requirement requirements.lock" in one for one in installs)


def test_it_is_not_run_by_root() -> None:
    user, group = rests("USER", last=True)[-1].split(":")
    assert int(user) > 0 and int(group) > 0
    assert f"--uid {user}" in " ".join(rests("RUN", last=True))


def test_what_is_copied_is_there_and_is_let_in() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        word
        for rest in rests("COPY")
        if not rest.startswith("--from")
        for word in rest.split()[:-1]
    }
    assert copied == let_in
    for name in copied:
        assert (ROOT / name).exists(), name


def test_all_that_the_package_is_made_of_is_copied() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = {
        *table["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        *table["project"]["license-files"],
        table["project"]["readme"],
    }
    copied = {word for rest in rests("COPY") for word in rest.split()}
    assert needed <= copied


def test_no_secret_is_built_in() -> None:
    assert not rests("ARG")
    assert not re.search(r"(?i)secret|token|password", " ".join(rests("ENV") + rests("RUN")))


def test_its_variables_are_settings() -> None:
    variables = re.findall(r"\b(HOOKLINE_\w+)=(\S+)", " ".join(rests("ENV")))
    assert variables
    Settings(**{name.removeprefix("HOOKLINE_").lower(): text for name, text in variables})  # pyright: ignore


def test_its_ports_are_the_defaults() -> None:
    fields = Settings.model_fields
    defaults = [fields[f"{name}_port"].default for name in PROCESSES]
    assert [int(port) for port in rests("EXPOSE", last=True)[0].split()] == defaults


PROCESSES = ("endpoint", "worker_metrics", "inspector")


def test_its_health_check_is_a_command_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    [check] = [one for one in last_stage() if one.word == "HEALTHCHECK"]
    program, *arguments = check.words
    assert [program] == next(one.words for one in last_stage() if one.word == "ENTRYPOINT")
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    assert "Usage: hookline health" in capsys.readouterr().out


def test_the_linter_is_as_strict_as_it_can_be() -> None:
    assert (DOCKER / "hadolint.yaml").read_text() == "failure-threshold: info\n"
