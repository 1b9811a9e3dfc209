"""Every command, variable, port, path and name in docker/compose.yaml is one that exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from app.cli.main import main
from app.core.vendors import VENDORS
from app.kafka.jars import read_lock
from app.settings import PREFIX, Settings, load_settings
from app.sources import load_sources
from tests.unit.docker.files import DOCKER, ROOT, compose, last_stage, ours, services

PORT_OF = {
    "endpoint": "endpoint_port",
    "worker": "worker_metrics_port",
    "inspector": "inspector_port",
}
HOST_OF = {
    "endpoint": "endpoint_host",
    "worker": "worker_metrics_host",
    "inspector": "inspector_host",
}

SECRETS = "file:/run/secrets/"
our_services = pytest.mark.parametrize("name", sorted(ours()))
processes = pytest.mark.parametrize("name", sorted(PORT_OF))


def environment(name: str) -> dict[str, str]:
    return services()[name].get("environment", {})


@pytest.fixture
def settings(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """What the service's process is told; its secrets are elsewhere here."""
    for secret in services()[name].get("secrets", ()):
        (tmp_path / secret).write_text("of sixteen bytes or more")
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, value.replace(SECRETS, f"file:{tmp_path}/"))
    return load_settings()


def test_it_is_a_compose_file() -> None:
    specification = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    jsonschema.Draft7Validator(specification).validate(compose())


def test_it_is_the_set_that_runs_in_production() -> None:
    always = {name for name, one in services().items() if "profiles" not in one}
    assert always == {"kafka", "topics", "endpoint", "worker", "inspector"}
    assert services()["worker"]["deploy"]["replicas"] == 2


@our_services
def test_its_command_exists(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = services()[name]["command"]
    path = [word for word in words if not word.startswith("-")]
    with pytest.raises(SystemExit) as ended:
        main([*path, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"Usage: hookline {' '.join(path)}" in re.sub(r"\s+", " ", said)
    for option in set(words) - set(path):
        assert option.split("=")[0] in said


@our_services
def test_its_variables_are_settings_and_their_values_are_right(
    name: str, settings: Settings
) -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    assert environment(name).keys() <= known
    assert settings.bootstrap == "kafka:9092"


@our_services
def test_all_processes_agree_on_the_topics(name: str, settings: Settings) -> None:
    assert (settings.topic_prefix, settings.partitions, settings.replication_factor) == ("", 8, 1)


@processes
def test_its_health_is_asked_of_the_process_that_it_is(
    name: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    check = services()[name]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "hookline"]
    with pytest.raises(SystemExit) as ended:
        main([*check[2:], "--json"])
    assert ended.value.code in (None, 0, 1)  # understood, whether anything listens here or not
    [item] = json.loads(capsys.readouterr().out)["items"]
    port = getattr(settings, PORT_OF[name])
    assert (item["process"], item["url"]) == (name, f"http://127.0.0.1:{port}/readyz")


@processes
def test_it_listens_where_others_can_reach_it(name: str, settings: Settings) -> None:
    assert getattr(settings, HOST_OF[name]) == "0.0.0.0"


def test_only_what_people_and_vendors_ask_is_published_and_only_on_loopback() -> None:
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}
    assert published == {
        "endpoint": ["127.0.0.1:8080:8080"],
        "inspector": ["127.0.0.1:8082:8082"],
        "grafana": ["127.0.0.1:3000:3000"],
    }
    for name in published.keys() & PORT_OF.keys():
        container_port = int(published[name][0].split(":")[-1])
        assert int(environment(name)[PREFIX + PORT_OF[name].upper()]) == container_port


def test_the_others_are_on_a_network_that_leads_nowhere() -> None:
    assert compose()["networks"]["inside"] == {"internal": True}
    for name, service in services().items():
        outside = ["outside"] if "ports" in service else []
        assert service["networks"] == ["inside", *outside], name


def test_kafka_is_the_kafka_that_everything_is_tested_on() -> None:
    kafka = services()["kafka"]
    assert kafka["image"] == f"apache/kafka:{read_lock().kafka}"
    assert kafka["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    [volume] = kafka["volumes"]
    assert volume == f"kafka:{kafka['environment']['KAFKA_LOG_DIRS']}"


def test_workers_keep_their_rows_in_a_volume() -> None:
    assert environment("worker")["HOOKLINE_WORKER_STORE"] == "rocksdb"
    [volume] = services()["worker"]["volumes"]
    [folder] = [one for one in last_stage() if "HOOKLINE_DATA_DIR" in one.rest]
    name, _, path = volume.partition(":")
    assert f"HOOKLINE_DATA_DIR={path}" in folder.words
    assert name in compose()["volumes"]


def test_the_endpoint_keeps_its_spool_in_a_volume() -> None:
    [volume] = services()["endpoint"]["volumes"]
    [folder] = [one for one in last_stage() if "HOOKLINE_DATA_DIR" in one.rest]
    name, _, path = volume.partition(":")
    assert f"HOOKLINE_DATA_DIR={path}" in folder.words
    assert name in compose()["volumes"]
    assert name != services()["worker"]["volumes"][0].partition(":")[0]


def test_the_inspector_keeps_its_view_in_a_volume_and_asks_for_a_token() -> None:
    [volume] = services()["inspector"]["volumes"]
    [folder] = [one for one in last_stage() if "HOOKLINE_DATA_DIR" in one.rest]
    name, _, path = volume.partition(":")
    assert f"HOOKLINE_DATA_DIR={path}" in folder.words
    assert name in compose()["volumes"]
    assert environment("inspector")["HOOKLINE_TOKEN"] == f"{SECRETS}token"
    assert environment("inspector")["HOOKLINE_ENDPOINT_HOST"] in services()


def test_what_is_waited_for_is_there_and_can_be_told() -> None:
    for name, service in services().items():
        for other, waited in service.get("depends_on", {}).items():
            if waited["condition"] == "service_healthy":
                assert "test" in services()[other]["healthcheck"], (name, other)
            else:
                assert waited["condition"] == "service_completed_successfully"
                assert services()[other]["restart"] == "no", (name, other)
    for name in PORT_OF:
        assert services()[name]["depends_on"].keys() == {"topics"}


@our_services
def test_it_may_do_no_more_than_it_must(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service and "user" not in service


def test_the_sources_are_right_and_their_secrets_reach_the_endpoint_alone(tmp_path: Path) -> None:
    endpoint = services()["endpoint"]
    [config] = endpoint["configs"]
    assert config["target"] == environment("endpoint")["HOOKLINE_CONFIG"]
    text = (DOCKER / compose()["configs"][config["source"]]["file"]).read_text()

    for secret in endpoint["secrets"]:
        (tmp_path / secret).write_text("of eight bytes or more")
    local = tmp_path / "hookline.toml"
    local.write_text(text.replace(SECRETS, f"file:{tmp_path}/"))
    sources = load_sources(local, VENDORS, {})

    assert [source.name for source in sources] == [source.vendor for source in sources]
    assert set(re.findall(f"{SECRETS}([a-z]+)", text)) == set(endpoint["secrets"])
    holders = {name: one["secrets"] for name, one in services().items() if "secrets" in one}
    assert holders == {"endpoint": endpoint["secrets"], "inspector": ["token"]}
    assert compose()["secrets"].keys() == {*endpoint["secrets"], "token"}


def test_secrets_are_files_that_git_does_not_take() -> None:
    for secret in compose()["secrets"].values():
        file = DOCKER / secret["file"]
        assert file.parent == DOCKER / "secrets"
    assert (DOCKER / "secrets/.gitignore").read_text().splitlines()[-2:] == ["*", "!.gitignore"]
    held = yaml.dump(environments()).replace(SECRETS, "")
    assert not re.search(r"(?i)(secret|token|password)\w*: *(?!token$)\S", held, re.MULTILINE)


def environments() -> dict[str, dict[str, str]]:
    return {name: environment(name) for name in services()}


@our_services
def test_its_image_is_built_from_the_dockerfile(name: str) -> None:
    build = services()[name]["build"]
    context = (DOCKER / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).exists()
