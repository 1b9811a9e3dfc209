"""The registry API, question by question."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.avro.lock import Lock
from app.avro.published import Published
from app.avro.repository import load_repository
from app.inspector.answers import REGISTRY
from app.inspector.registry import RegistryApi

REPOSITORY = load_repository()
PUBLISHED = Published(REPOSITORY, Lock().with_new(REPOSITORY))
API = RegistryApi(PUBLISHED)
CREATED = "events.voxsig-hookline.voxsig.MessageCreated"
V1, V2 = (PUBLISHED.lock.by_name[f.name] for f in REPOSITORY.versions("voxsig", "message_created"))
SCHEMA = PUBLISHED.schema_of(V2.id)


def ask(path: str, method: str = "GET", body: Any = None, api: RegistryApi = API) -> Any:
    """Status and content."""
    path, _, query = path.partition("?")
    pairs = dict(pair.split("=") for pair in query.split("&")) if query else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    _, answer = api.answer(method, path, pairs, content)
    assert answer.content_type == REGISTRY
    return answer.status, json.loads(answer.body)


def test_a_schema_by_its_id() -> None:
    status, content = ask(f"/schemas/ids/{V2.id}")
    assert status == 200
    assert json.loads(content["schema"]) == SCHEMA
    assert ask(f"/schemas/ids/{V2.id}/schema") == (200, SCHEMA)
    assert ask(f"/schemas/ids/{V2.id}?subject={CREATED}")[0] == 200
    assert ask(f"/schemas/ids/{V2.id}?subject=a-guess-value")[0] == 200
    assert ask(f"/schemas/ids/{V2.id}?fetchMaxId=false&subject=")[0] == 200


@pytest.mark.parametrize("id", ["7", "0", "-1", "x", "²", "1e9", "9" * 9999])
def test_an_id_that_is_none(id: str) -> None:
    status, content = ask(f"/schemas/ids/{id}")
    assert (status, content["error_code"]) == (404, 40403)


def test_where_an_id_is_used() -> None:
    assert ask(f"/schemas/ids/{V2.id}/subjects") == (200, [CREATED])
    assert ask(f"/schemas/ids/{V2.id}/versions") == (200, [{"subject": CREATED, "version": 2}])


def test_subjects_and_their_versions() -> None:
    assert "state.calls-value" in ask("/subjects")[1]
    assert ask("/subjects?subjectPrefix=state.") == (
        200,
        ["state.calls-value", "state.contacts-value", "state.conversations-value"],
    )
    assert ask(f"/subjects/{CREATED}/versions") == (200, [1, 2])
    assert ask(f"/subjects/{CREATED}/versions/1")[1]["id"] == V1.id
    for latest in ("latest", "-1", "2"):
        status, content = ask(f"/subjects/{CREATED}/versions/{latest}")
        assert status == 200
        assert json.loads(content.pop("schema")) == SCHEMA
        assert content == {"subject": CREATED, "version": 2, "id": V2.id}
    assert ask(f"/subjects/{CREATED}/versions/latest/schema") == (200, SCHEMA)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/subjects/nobody/versions", 40401),
        ("/subjects/nobody/versions/1", 40401),
        (f"/subjects/{CREATED}/versions/9", 40402),
        (f"/subjects/{CREATED}/versions/0", 42202),
        (f"/subjects/{CREATED}/versions/first", 42202),
        (f"/subjects/{CREATED}/versions/{'9' * 9999}", 42202),
        ("/config/nobody", 40401),
        ("/nowhere", 404),
    ],
)
def test_what_is_not_there_has_confluents_error(path: str, code: int) -> None:
    status, content = ask(path)
    assert (status, content["error_code"]) == (int(str(code)[:3]), code)
    assert content["message"]


def test_a_schema_is_looked_up_by_what_it_says() -> None:
    spaced = json.dumps(SCHEMA, indent=4)
    assert ask(f"/subjects/{CREATED}", "POST", {"schema": spaced})[1]["version"] == 2
    bare = json.dumps(_without(SCHEMA, {"doc", "hookline", "json", "drop", "zero"}))
    assert ask(f"/subjects/{CREATED}", "POST", {"schema": bare})[1]["version"] == 2
    old = json.dumps(PUBLISHED.schema_of(V1.id))
    assert ask(f"/subjects/{CREATED}", "POST", {"schema": old})[1]["id"] == V1.id


def _without(schema: Any, names: set[str]) -> Any:
    if isinstance(schema, dict):
        return {name: _without(v, names) for name, v in schema.items() if name not in names}
    return [_without(each, names) for each in schema] if isinstance(schema, list) else schema


OTHER = json.dumps({"type": "record", "name": "Other", "fields": []})


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        (CREATED, {"schema": OTHER}, 40403),
        ("nobody", {"schema": OTHER}, 40401),
        (CREATED, {"schema": "{"}, 42201),
        (CREATED, {"schema": '"strin"'}, 42201),
        (CREATED, {"schema": '"string"'}, 42201),
        (CREATED, {"schema": '{"type":"record"}'}, 42201),
        (CREATED, {}, 42201),
        (CREATED, [], 42201),
        (CREATED, b"{", 42201),
        (CREATED, b"\xff", 42201),
    ],
)
def test_a_schema_that_is_not_there(subject: str, body: Any, code: int) -> None:
    assert ask(f"/subjects/{subject}", "POST", body)[1]["error_code"] == code


def test_registering_what_is_there_changes_nothing() -> None:
    body = {"schema": json.dumps(SCHEMA), "schemaType": "AVRO"}
    assert ask(f"/subjects/{CREATED}/versions", "POST", body) == (200, {"id": V2.id})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/subjects/{CREATED}/versions", {"schema": OTHER}),
        ("POST", "/subjects/nobody/versions", {"schema": OTHER}),
        ("DELETE", f"/subjects/{CREATED}", None),
        ("DELETE", f"/subjects/{CREATED}/versions/1", None),
        ("PUT", "/config", {"compatibility": "NONE"}),
        ("PUT", f"/mode/{CREATED}", {"mode": "IMPORT"}),
        ("DELETE", "/mode/x", None),
        ("POST", "/schemas/types", {}),
        ("POST", f"/compatibility/subjects/{CREATED}/versions", {"schema": OTHER}),
    ],
)
def test_writing_is_refused_in_words(method: str, path: str, body: Any) -> None:
    status, content = ask(path, method, body)
    assert (status, content["error_code"]) == (422, 42205)
    assert "read-only" in content["message"]


def test_rules_and_modes() -> None:
    assert ask("/config") == (200, {"compatibilityLevel": "BACKWARD_TRANSITIVE"})
    assert ask("/config/state.calls-value") == (200, {"compatibilityLevel": "FULL_TRANSITIVE"})
    assert ask("/mode") == ask(f"/mode/{CREATED}") == (200, {"mode": "READONLY"})
    assert ask("/schemas/types") == (200, ["AVRO"])


def test_subjects_carry_the_topic_prefix() -> None:
    api = RegistryApi(PUBLISHED, "eu.")
    assert {subject[:3] for subject in ask("/subjects", api=api)[1]} == {"eu."}
    assert ask(f"/schemas/ids/{V2.id}/subjects", api=api) == (200, [f"eu.{CREATED}"])


def test_routes_are_counted_not_paths() -> None:
    assert API.answer("GET", f"/schemas/ids/{V2.id}", {})[0] == "/schemas/ids/{id}"
    assert API.answer("GET", "/any/thing", {})[0] == ""
