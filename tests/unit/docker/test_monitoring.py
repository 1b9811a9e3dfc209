"""Prometheus and Grafana of docker/compose.yaml find the processes, their files and each other."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.unit.docker.files import DOCKER, compose, services
from tests.unit.docker.test_compose import PORT_OF, environment
from tests.unit.docker.watched import dashboard, scraping

both = pytest.mark.parametrize("name", ["prometheus", "grafana"])


def mounted(name: str) -> dict[str, str]:
    """Files of docker/ by their path in the container."""
    files = compose()["configs"]
    return {one["target"]: files[one["source"]]["file"] for one in services()[name]["configs"]}


def provisioned(target: str) -> Any:
    return yaml.safe_load((DOCKER / mounted("grafana")[target]).read_text())


@both
def test_it_runs_where_it_is_wanted_only(name: str) -> None:
    assert services()[name]["profiles"] == ["monitoring"]
    assert all(name not in one.get("depends_on", {}) for one in services().values())


@both
def test_it_may_do_no_more_than_it_must(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@both
def test_its_files_are_there_and_its_data_outlives_it(name: str) -> None:
    assert all((DOCKER / file).is_file() for file in mounted(name).values())
    assert all(v.partition(":")[0] in compose()["volumes"] for v in services()[name]["volumes"])


def test_prometheus_reads_its_configuration_and_the_alerts_beside_it() -> None:
    [option] = [one for one in services()["prometheus"]["command"] if "--config.file" in one]
    path = PurePosixPath(option.partition("=")[2])
    assert mounted("prometheus")[str(path)] == "prometheus/prometheus.yaml"
    [alerts] = scraping()["rule_files"]
    assert mounted("prometheus")[str(path.parent / alerts)] == "prometheus/alerts.yaml"


def test_every_process_is_scraped_where_it_listens() -> None:
    found = {}
    for job in scraping()["scrape_configs"]:
        for one in job.get("static_configs", []):
            [target] = one["targets"]
            name, port = target.split(":")
            found[job["job_name"]] = name, int(port)
        for one in job.get("dns_sd_configs", []):
            [name] = one["names"]
            assert one["type"] == "A"
            found[job["job_name"]] = name, one["port"]
    assert found == {
        f"hookline-{name}": (name, int(environment(name)[f"HOOKLINE_{port.upper()}"]))
        for name, port in PORT_OF.items()
    }


def test_every_replica_is_scraped() -> None:
    [replicated] = [name for name, one in services().items() if "deploy" in one]
    [job] = [job for job in scraping()["scrape_configs"] if job["job_name"].endswith(replicated)]
    assert "dns_sd_configs" in job


def test_grafana_finds_prometheus() -> None:
    [source] = provisioned("/etc/grafana/provisioning/datasources/hookline.yaml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    assert source["jsonData"]["timeInterval"] == scraping()["global"]["scrape_interval"]


def test_grafana_finds_the_dashboard_and_opens_it() -> None:
    [provider] = provisioned("/etc/grafana/provisioning/dashboards/hookline.yaml")["providers"]
    path = f"{provider['options']['path']}/hookline.json"
    assert mounted("grafana")[path] == "grafana/hookline.json"
    assert environment("grafana")["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == path
    assert dashboard()["uid"] == "hookline"


def test_whoever_reaches_grafana_may_look_and_nobody_may_log_in() -> None:
    variables = environment("grafana")
    assert variables["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert variables["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert variables["GF_AUTH_BASIC_ENABLED"] == "false"


def test_images_are_of_one_version() -> None:
    for service in services().values():
        assert re.search(r":(v?\d+\.\d+\.\d+|local)$", service["image"])
