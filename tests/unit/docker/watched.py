"""The dashboard and the alert rules of docker/, parsed, and every query in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import yaml

from tests.unit.docker.files import DOCKER

INTERVAL = "1m"
"""What Grafana would put for `$__rate_interval`."""


class Query(NamedTuple):
    """`where` it stands; `shown` are the texts that name labels of its result."""

    where: str
    text: str
    shown: tuple[str, ...] = ()


@cache
def dashboard() -> dict[str, Any]:
    return json.loads((DOCKER / "grafana/hookline.json").read_text())


def panels() -> list[dict[str, Any]]:
    """Without the rows' headings."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


@cache
def scraping() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "prometheus/prometheus.yaml").read_text())


@cache
def rules() -> dict[str, dict[str, Any]]:
    """By the alert's name."""
    groups = yaml.safe_load((DOCKER / "prometheus/alerts.yaml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def rule_queries() -> Iterator[Query]:
    for name, rule in rules().items():
        yield Query(name, rule["expr"], tuple(rule["annotations"].values()))


def dashboard_queries() -> Iterator[Query]:
    for panel in panels():
        for target in panel["targets"]:
            yield Query(panel["title"], _filled_in(target["expr"]), (target["legendFormat"],))
    for annotation in dashboard()["annotations"]["list"]:
        if "expr" in annotation:
            yield Query(annotation["name"], _filled_in(annotation["expr"]))


def _filled_in(query: str) -> str:
    """As Grafana sends it."""
    for variable in dashboard()["templating"]["list"]:
        query = query.replace(f"${variable['name']}", ".*")
    return query.replace("$__rate_interval", INTERVAL)
