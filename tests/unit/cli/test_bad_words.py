"""Options, arguments and variables that mean nothing: what is said, before anything is done."""

from __future__ import annotations

import os

import pytest

from app.cli.main import main

A_KEY = "support-eu/conversation/1"
NOT_UTF_8 = os.fsdecode(b"support-eu/conversation/\xff\xfe")
AN_ID = "0123456789abcdef0123456789abcdef"


def refusal(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert said.err.count("\n") >= 2
    return said.err


@pytest.mark.parametrize(
    "command",
    [
        "dev",
        "endpoint",
        "worker",
        "inspector",
        "simulate",
        "state list",
        f"state get {A_KEY}",
        f"state get {A_KEY} --at 1h",
        f"state diff {A_KEY} --from 1h",
        "state watch",
        f"timeline {A_KEY}",
        f"receipt {AN_ID}",
        "dead list",
        "dead show 0:0",
        "dead redrive --all",
        "health",
        "verify --all",
        "replay --into again",
        "export calls --out there",
        "sql select",
        "topics plan",
        "topics apply",
        "schemas drift",
        "schemas register",
    ],
)
def test_every_command_names_the_variables_that_are_wrong(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "somewhere")
    monkeypatch.setenv("HOOKLINE_PARTITIONS", "many")
    said = refusal(tuple(command.split()), capsys)
    assert "HOOKLINE_BOOTSTRAP: expected Kafka brokers as HOST:PORT" in said
    assert "HOOKLINE_PARTITIONS: " in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("state", "get", "support-eu/12"), "support-eu/12"),
        (("state", "get", "support-eu/agent/7"), "support-eu/agent/7"),
        (("state", "get", A_KEY, "--at", "lately"), "--at"),
        (("state", "diff", A_KEY, "--from", "lately"), "--from"),
        (("state", "diff", A_KEY, "--from", "1h", "--to", "2h"), "--from is after --to"),
        (("state", "list", "--silent", "long"), "--silent"),
        (("state", "list", "--phase", "nonsense"), "--phase: 'nonsense' is not one of created, "),
        (("state", "list", "--phase", "tagged", "--channel", "email"), "'tagged' is not one of"),
        (("state", "list", "--phase", "known", "--table", "calls"), "of started, answered, ended"),
        (("state", "list", "--channel", "fax"), "--channel: 'fax' is not one of whatsapp, "),
        (("state", "list", "--channel", "email", "--table", "calls"), "--channel is of conv"),
        (("state", "list", "--silent", "30m", "--table", "calls"), "--silent is of conv"),
        (("state", "list", "--silent", "30m", "--phase", "ended"), "--silent is of active"),
        (("state", "list", "--assignee", "Ada", "--table", "contacts"), "--assignee is of conv"),
        (("state", "watch", "--phase", "nonsense"), "--phase: 'nonsense' is not one of created, "),
        (("state", "watch", A_KEY, "--table", "calls"), "is a conversation of support-eu"),
        (("state", "watch", A_KEY, "--source", "shop"), "is a conversation of support-eu"),
        (("timeline", "support-eu/agent/7"), "support-eu/agent/7"),
        (("timeline", A_KEY, "--since", "lately"), "--since"),
        (("timeline", A_KEY, "--until", "lately"), "--until"),
        (("timeline", A_KEY, "--before", "2024-03-25"), "PARTITION:OFFSET"),
        (("timeline", A_KEY, "--since", "1h", "--until", "2h"), "--until is not after --since"),
        (("verify", "support-eu"), "support-eu"),
        (("verify",), "verified"),
        (("verify", A_KEY, "--all"), "verified"),
        (("verify", "--all", "--quick"), "--quick"),
        (("verify", A_KEY, "--source", "shop"), "of the source support-eu, not of shop"),
        (("receipt", "12"), "'12'"),
        (("receipt", AN_ID, "--since", "lately"), "--since"),
        (("dead", "show", "soon"), "'soon'"),
        (("dead", "redrive"), "--fingerprint"),
        (("dead", "redrive", "--dry-run"), "--fingerprint"),
        (("dead", "redrive", "--fingerprint", "that"), "'that'"),
        (("dead", "redrive", "--key", "support-eu"), "'support-eu'"),
        (("dead", "redrive", "--since", "lately"), "--since"),
        (("dead", "redrive", "--until", "soon"), "--until"),
        (("dead", "redrive", "--since", "1h", "--until", "2h", "--dry-run"), "--until is not"),
        (("replay", "--into", "a/b"), "a/b"),
        (("replay", "--into", "a", "--from", "1h", "--to", "2h"), "--to"),
        (("receipt", AN_ID, "--key", "support-eu"), "'support-eu'"),
        (("state", "watch", "support-eu/agent/7"), "support-eu/agent/7"),
        (("replay", "--into", "a", "--key", A_KEY, "--source", "shop"), "not of shop"),
        (("simulate", "--start", "tomorrow"), "tomorrow"),
        (("schemas", "drift", "--since", "lately"), "--since"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_word_that_means_nothing_is_named(
    arguments: tuple[str, ...],
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before Kafka is asked anything: here there is none."""
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "127.0.0.1:1")
    assert word in refusal(arguments, capsys)


@pytest.mark.parametrize(
    "before",
    [
        "state get",
        "state get --at 1h",
        "state diff --from 1h",
        "state watch",
        "timeline",
        "verify",
        "verify --quick",
        "replay --into again --key",
        f"receipt {AN_ID} --key",
        "dead redrive --key",
    ],
)
def test_a_key_that_is_not_utf_8_is_named(
    before: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "127.0.0.1:1")
    said = refusal((*before.split(), NOT_UTF_8), capsys)
    assert r"'support-eu/conversation/\udcff\udcfe' is not UTF-8" in said
