"""What the dashboard shows and the alerts watch is there: metrics, labels, values, commands."""

from __future__ import annotations

import ast
import re
import shlex

import promql_parser
import pytest

from app.cli.main import main
from app.endpoint.errors import Failure
from app.settings import PREFIX, Settings
from tests.unit.docker.exposed import exposed
from tests.unit.docker.files import ROOT, services
from tests.unit.docker.promql import labels_of, selectors, values_asked_for
from tests.unit.docker.watched import (
    Query,
    dashboard,
    dashboard_queries,
    panels,
    rule_queries,
    rules,
    scraping,
)

QUERIES = [*rule_queries(), *dashboard_queries()]
REFUSED = "hookline_endpoint_refused_total"

queries = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.where)
alerts = pytest.mark.parametrize("name", sorted(rules()))


@queries
def test_a_query_asks_for_what_the_processes_expose(query: Query) -> None:
    labels = labels_of(query.text, exposed())
    for text in query.shown:
        named = re.findall(r"\{\{ *(?:\$labels\.)?(\w+)", text)
        assert set(named) <= labels, text


def test_jobs_that_are_asked_for_are_scraped() -> None:
    jobs = {job["job_name"] for job in scraping()["scrape_configs"]}
    for query in QUERIES:
        for values in values_asked_for(query.text, "job"):
            for value in values:
                assert any(re.fullmatch(value, job) for job in jobs), query.where


def test_names_to_choose_from_are_values_of_a_label() -> None:
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            name, label = re.findall(r"\w+", variable["query"]["query"].split("(")[1])
            assert label in exposed()[name]


def failures(kind: type[Failure] = Failure) -> list[type[Failure]]:
    return [one for sub in kind.__subclasses__() for one in (sub, *failures(sub))]


def labels_of_failures(status: range) -> set[str]:
    found = [one for one in failures() if hasattr(one, "status") and hasattr(one, "label")]
    return {one.label for one in found if one.status in status}


def not_genuine() -> set[str]:
    """Reasons that vendors refuse a request for."""
    return {
        str(node.args[0].value)
        for path in (ROOT / "app/core/vendors").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"
        if isinstance(node.args[0], ast.Constant)
    }


def test_reasons_that_are_asked_for_are_all_of_their_kind() -> None:
    """Whoever adds a way to fail adds it to the alerts and the dashboard."""
    kinds = [labels_of_failures(range(500, 600)), not_genuine() - {"method"}]
    asked = [
        values
        for query in QUERIES
        if any(one.name == REFUSED for one in selectors(query.text))
        for values in values_asked_for(query.text, "reason")
    ]
    assert asked
    for kind in kinds:
        assert kind in asked
    for values in asked:
        assert values in kinds


@alerts
def test_an_alert_says_when_how_bad_what_and_what_to_do(name: str) -> None:
    rule = rules()[name]
    assert re.fullmatch(r"Hookline([A-Z][a-z0-9]+)+", name)
    assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
    assert promql_parser.parse_duration(rule["for"]).total_seconds() >= 60
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "description", "runbook"}
    assert all(text.strip() for text in rule["annotations"].values())
    variables = set(re.findall(rf"{PREFIX}\w+", rule["annotations"]["description"]))
    assert variables <= {PREFIX + field.upper() for field in Settings.model_fields}


@alerts
def test_its_runbook_begins_with_a_command_that_exists(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *words = shlex.split(rules()[name]["annotations"]["runbook"])
    if program == "docker":
        compose, option, file, command, *rest = words
        assert (compose, option, command in {"logs", "ps"}) == ("compose", "--file", True)
        assert (ROOT / file).exists()
        assert set(rest) <= {*services(), "--tail", "50", "--all"}
        return
    assert program == "hookline"
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    path = re.sub(r" (endpoint|worker|inspector)$", "", " ".join(words))
    assert f"Usage: hookline {path}" in re.sub(r"\s+", " ", capsys.readouterr().out)


def test_alerts_have_names_of_their_own() -> None:
    text = (ROOT / "docker/prometheus/alerts.yaml").read_text()
    assert len(re.findall(r"^ +- alert:", text, re.MULTILINE)) == len(rules())


def test_panels_have_ids_titles_and_places_of_their_own() -> None:
    everything = dashboard()["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    assert len({panel["title"] for panel in panels()}) == len(panels())
    taken: set[tuple[int, int]] = set()
    for panel in everything:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_all_data_is_of_the_source_that_is_chosen() -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for panel in panels():
        assert panel["datasource"] == chosen
        assert panel["targets"]
        assert all(target["datasource"] == chosen for target in panel["targets"])
