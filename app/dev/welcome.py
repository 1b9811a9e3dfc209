"""What `hookline dev` says when all is up: what is where, and how to begin."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from app.dev.plan import Plan

FIRST_KEY = "convocore/conversation/first"


def facts(plan: Plan, pids: Mapping[str, int]) -> dict[str, object]:
    """The same for machines."""
    return {
        "endpoint": plan.endpoint,
        "worker": plan.worker,
        "inspector": plan.inspector,
        "bootstrap": plan.kafka.bootstrap,
        "config": str(plan.config),
        "data_dir": str(plan.folder.path),
        "pids": dict(pids),
    }


def welcome(plan: Plan, seconds: float, sources: list[str]) -> str:
    """A few lines for the terminal. Secrets are named by their files, never shown."""
    rows = [
        ("endpoint", "  ".join(f"{plan.endpoint}/webhooks/{name}" for name in sources[:1])),
        *(("", f"{plan.endpoint}/webhooks/{name}") for name in sources[1:]),
        ("inspector", f"{plan.inspector}  (what happened, in a browser; Avro schemas)"),
        ("worker", f"{plan.worker}/metrics"),
        ("Kafka", plan.kafka.bootstrap + ("" if plan.own_kafka else "  (was there already)")),
        ("sources", str(plan.config)),
        ("data, logs", str(plan.folder.path)),
    ]
    lines = [f"Hookline is up ({seconds:.1f} s). Ctrl-C stops it.", ""]
    lines += [f"  {name:<11} {what}" for name, what in rows]
    lines += ["", "Send real traffic, or one webhook, from another terminal:", ""]
    lines += [f"  {command}" for command in _commands(plan)]
    return "\n".join([*lines, ""])


def _commands(plan: Plan) -> list[str]:
    environment = _environment(plan)
    commands = [f"{environment}hookline simulate"]
    if plan.config == plan.folder.sources:  # else the secrets are where the user keeps them
        commands += [
            first_webhook(plan.endpoint, plan.folder.secrets / "convocore"),
            f"{environment}hookline state get {FIRST_KEY}",
        ]
    return commands


def _environment(plan: Plan) -> str:
    """What a command must be told where this is not where it looks by itself."""
    usual = {
        "HOOKLINE_BOOTSTRAP": "127.0.0.1:9092",
        "HOOKLINE_ENDPOINT_PORT": "8080",
        "HOOKLINE_INSPECTOR_PORT": "8082",
        "HOOKLINE_TOPIC_PREFIX": "",
    }
    given = plan.environment()
    told = [f"{name}={shlex.quote(given[name])} " for name in usual if given[name] != usual[name]]
    if plan.config != Path(".hookline/hookline.toml"):
        told.append(f"HOOKLINE_CONFIG={shlex.quote(str(plan.config))} ")
    return "".join(told)


def first_webhook(endpoint: str, secret: Path) -> str:
    """One line of shell that sends a genuine webhook; the secret is read from its file."""
    body = {
        "type": "message_received",
        "payload": {
            "convoId": FIRST_KEY.rpartition("/")[2],
            "channel": "webchat",
            "messageContent": "Hello",
            "workspaceSecret": "SECRET",
        },
    }
    read = f'"\'"$(cat {shlex.quote(str(secret))})"\'"'
    data = json.dumps(body).replace('"SECRET"', read)
    return f"curl -s {endpoint}/webhooks/convocore -H 'Content-Type: application/json' -d '{data}'"
