"""`hookline schemas register`, against a registry in memory, and ids asked of a registry."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Iterator

import pytest

from app.avro.lock import FIRST_ID, Lock
from app.avro.published import Published, UnknownSchema
from app.avro.register import Registered, register
from app.avro.registry import Registry, RegistryError
from app.avro.repository import load_repository
from app.errors import UserError
from tests.unit.avro.registry_twin import RegistryTwin, served

REPOSITORY = load_repository()
OURS = Published(REPOSITORY, Lock().with_new(REPOSITORY))
CALLS = OURS.lock.by_name[REPOSITORY.latest("state", "call").name]
ENDED = "events.varda-hookline.varda.CallEnded"


@pytest.fixture
def twin() -> RegistryTwin:
    return RegistryTwin()


@pytest.fixture
def registry(twin: RegistryTwin) -> Iterator[Registry]:
    with served(twin) as url:
        yield Registry(url)


def run(registry: Registry, prefix: str = "") -> list[Registered]:
    return list(register(OURS, registry, prefix))


def test_every_schema_is_there_under_its_id_and_version(
    twin: RegistryTwin, registry: Registry
) -> None:
    assert {one.action for one in run(registry)} == {"registered"}

    assert len(twin.ids()) == len(OURS.lock.entries)
    for entry in OURS.lock.entries:
        id, text = twin.versions[entry.subject][entry.version]
        assert (id, json.loads(text)) == (entry.id, OURS.schema_of(entry.id))


def test_nothing_stays_in_import_mode_and_the_rules_are_set(
    twin: RegistryTwin, registry: Registry
) -> None:
    run(registry)

    assert set(twin.modes.values()) == {"READWRITE"}
    assert twin.config["state.calls-value"] == "FULL_TRANSITIVE"
    assert twin.config[ENDED] == "BACKWARD_TRANSITIVE"


def test_a_second_time_nothing_is_written(twin: RegistryTwin, registry: Registry) -> None:
    run(registry)
    twin.writes.clear()

    assert {one.action for one in run(registry)} == {"kept"}
    assert twin.writes == []


def test_a_new_version_joins_those_that_are_there(twin: RegistryTwin, registry: Registry) -> None:
    run(registry)
    (*_, newest) = [entry for entry in OURS.lock.entries if entry.subject == ENDED]
    del twin.versions[ENDED][newest.version]

    found = [one for one in run(registry) if one.action == "registered"]
    assert found == [Registered(newest.subject, newest.version, newest.id, "registered")]


def test_subjects_carry_the_topic_prefix(twin: RegistryTwin, registry: Registry) -> None:
    run(registry, "eu.")
    run(registry, "us.")

    assert {subject[:3] for subject in twin.versions} == {"eu.", "us."}
    assert len(twin.ids()) == len(OURS.lock.entries)


@pytest.mark.parametrize(
    "held",
    [
        {ENDED: {1: (7, '"string"')}},
        {ENDED: {1: (FIRST_ID, '"string"')}},
        {"another": {1: (CALLS.id, '"string"')}},
    ],
)
def test_what_is_there_is_never_changed(
    twin: RegistryTwin, registry: Registry, held: dict[str, dict[int, tuple[int, str]]]
) -> None:
    twin.versions.update(held)

    with pytest.raises(UserError, match="holds something else"):
        run(registry)
    assert twin.writes == []


def test_a_registry_that_cannot_import_says_what_it_needs(
    twin: RegistryTwin, registry: Registry
) -> None:
    twin.can_import = False
    with pytest.raises(UserError, match=r"Mode changes are not allowed \(42205\)") as caught:
        run(registry)
    assert "mode.mutability" in caught.value.remedy


def test_a_user_and_password_are_sent_and_never_shown(twin: RegistryTwin) -> None:
    twin.password = "Basic " + b64encode(b"ann:p@ss").decode()
    with served(twin) as url:
        inside = Registry(url.replace("http://", "http://ann:p%40ss@"))
        with pytest.raises(RegistryError, match="Schema 1 not found"):
            inside.schema(1)
        with pytest.raises(UserError) as caught:
            run(Registry(url))
        assert "Unauthorized" in caught.value.what
    with pytest.raises(UserError) as away:
        inside.schema(1)
    assert url in away.value.what
    assert "ss@" not in str(away.value)


def test_a_registry_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(UserError, match=f"http://127.0.0.1:{port} does not answer"):
        Registry(f"http://127.0.0.1:{port}").schema(1)


def test_an_id_of_the_lock_is_answered_without_asking() -> None:
    nowhere = Registry("http://127.0.0.1:9")
    published = Published(REPOSITORY, OURS.lock, nowhere)
    assert published.schema_of(CALLS.id)["name"] == "Call"


def test_another_id_is_asked_of_the_registry_once(twin: RegistryTwin, registry: Registry) -> None:
    twin.versions["another"] = {1: (7, '{"type":"record","name":"A","fields":[]}')}
    published = Published(REPOSITORY, OURS.lock, registry)
    assert published.schema_of(7)["name"] == "A"

    twin.versions.clear()
    assert published.schema_of(7)["name"] == "A"
    with pytest.raises(UnknownSchema, match="id 8: it is neither in Hookline's lock nor at http"):
        published.schema_of(8)


def test_without_a_registry_an_unknown_id_says_so() -> None:
    with pytest.raises(UnknownSchema, match="SCHEMA_REGISTRY_URL"):
        OURS.schema_of(7)


def test_nothing_is_written_with_a_schema_that_is_not_published() -> None:
    name = REPOSITORY.latest("state", "call").name
    with pytest.raises(UserError, match="is not in the lock"):
        Published(REPOSITORY, Lock()).id_of(name)
    changed = Lock([type(CALLS)(CALLS.id, CALLS.schema, CALLS.subject, CALLS.version, "0" * 64)])
    with pytest.raises(UserError, match="has changed since it was published"):
        Published(REPOSITORY, changed).id_of(name)
    assert OURS.id_of(name) == CALLS.id
