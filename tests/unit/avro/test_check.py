"""`hookline schemas check` over made-up folders of schemas, and over Hookline's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.avro.check import check
from app.avro.fault import Fault
from app.avro.lock import FIRST_ID, Lock, load_lock, published_lock, write_lock
from app.avro.repository import load_repository
from app.errors import UserError

EXTRA = {"name": "extra", "type": {"type": "map", "values": "string"}, "default": {}}


def event(*more: dict[str, Any], name: str = "CallEnded") -> dict[str, Any]:
    fields = [{"name": "event", "type": "string"}, *more, EXTRA]
    return {"type": "record", "name": name, "namespace": "hookline.varda", "fields": fields}


def nullable(name: str) -> dict[str, Any]:
    return {"name": name, "type": ["null", "string"], "default": None}


class Folder:
    """A folder of schema files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, schema: Any) -> None:
        file = self.root / f"{name}.avsc"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(schema if isinstance(schema, str) else json.dumps(schema))

    def publish(self) -> Lock:
        lock = load_lock(self.root).with_new(load_repository(self.root))
        write_lock(lock, self.root)
        return lock

    def faults(self) -> list[Fault]:
        return check(load_repository(self.root), load_lock(self.root))

    def faulty(self) -> list[tuple[str, str]]:
        return [(fault.schema, fault.what) for fault in self.faults()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("varda/call_ended/v1", event())
    made.publish()
    return made


def test_what_is_published_and_unchanged_is_in_order(folder: Folder) -> None:
    assert folder.faults() == []
    assert published_lock(load_repository(folder.root), folder.root).by_id


def test_nothing_is_written_with_a_schema_that_was_not_published(folder: Folder) -> None:
    folder.write("varda/call_ended/v2", event(nullable("more")))
    with pytest.raises(
        UserError, match=r"varda/call_ended/v2: it has no entry in the lock"
    ) as told:
        published_lock(load_repository(folder.root), folder.root)
    assert "hookline schemas lock" in told.value.remedy


def test_nothing_is_written_with_a_published_schema_that_changed(folder: Folder) -> None:
    folder.write("varda/call_ended/v1", event(nullable("more")))
    with pytest.raises(UserError, match=r"v1: it was published and has changed since"):
        published_lock(load_repository(folder.root), folder.root)


def test_a_published_version_never_changes(folder: Folder) -> None:
    folder.write("varda/call_ended/v1", {**event(), "doc": "only a comment"})
    assert folder.faulty() == [("varda/call_ended/v1", "it was published and has changed since")]


def test_white_space_and_the_order_of_names_are_no_change(folder: Folder) -> None:
    turned = dict(reversed(event().items()))
    folder.write("varda/call_ended/v1", json.dumps(turned, indent=8))
    assert folder.faults() == []


def test_a_published_version_stays(folder: Folder) -> None:
    (folder.root / "varda/call_ended/v1.avsc").unlink()
    folder.write("varda/call_ended/v2", event())
    folder.publish()
    assert ("varda/call_ended/v1", "it was published and its file is gone") in folder.faulty()


def test_a_new_version_needs_an_entry_in_the_lock(folder: Folder) -> None:
    folder.write("varda/call_ended/v2", event(nullable("disposition")))
    assert folder.faulty() == [("varda/call_ended/v2", "it has no entry in the lock")]

    folder.publish()
    assert folder.faults() == []


def test_ids_are_given_once_and_kept(folder: Folder) -> None:
    folder.write("varda/a_new_one/v1", event(name="ANewOne"))
    folder.write("state/call/v1", {**event(), "name": "Call", "namespace": "hookline.state"})
    lock = folder.publish()

    assert [(entry.id - FIRST_ID, entry.schema, entry.subject) for entry in lock.entries] == [
        (0, "varda/call_ended/v1", "events.varda-hookline.varda.CallEnded"),
        (1, "state/call/v1", "state.calls-value"),
        (2, "varda/a_new_one/v1", "events.varda-hookline.varda.ANewOne"),
    ]
    assert load_lock(folder.root).entries == lock.entries


def test_an_event_reads_all_that_came_before(folder: Folder) -> None:
    folder.write("varda/call_ended/v2", event(nullable("a")))
    folder.write("varda/call_ended/v3", event({"name": "a", "type": ["null", "long"]}))
    folder.publish()

    against = [what.partition(":")[0] for _, what in folder.faulty()]
    assert set(against) == {"against v1", "against v2"}


def test_a_row_is_also_read_by_what_came_before(folder: Folder) -> None:
    def row(kind: str) -> dict[str, Any]:
        return {"type": "record", "name": "Call", "fields": [{"name": "total_ms", "type": kind}]}

    folder.write("state/call/v1", row("int"))
    folder.write("state/call/v2", row("long"))
    folder.publish()

    ((schema, what),) = folder.faulty()
    assert schema == "state/call/v2"
    assert "reader type: int not compatible with writer type: long" in what


@pytest.mark.parametrize(
    ("name", "schema", "what"),
    [
        ("varda/b/v1", {**event(), "fields": [nullable("a")]}, "its last field has to be 'extra'"),
        ("varda/b/v1", event({"name": "a", "type": "strin"}), "it is no Avro schema"),
        ("varda/b/v1", event({"name": "a", "type": ["long", "string"]}), "a union is null and one"),
        ("varda/b/v1", event(), "varda/b has a record of the same name"),
        ("state/pets/v1", event(name="Pet"), "there is no such table"),
        ("varda/call_ended/v3", event(), "its versions are not 1, 2, 3, …"),
    ],
)
def test_a_file_at_fault_is_named(folder: Folder, name: str, schema: Any, what: str) -> None:
    folder.write(name, schema)
    assert any(what in fault.what for fault in folder.faults())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("varda/b/first", "{}"),
        ("varda/b/v01", "{}"),
        ("varda/b/v1", "{"),
        ("varda/b/v1", "[]"),
        ("varda/b/v1", '{"type": "enum"}'),
    ],
)
def test_a_file_that_is_no_schema_stops_everything(folder: Folder, name: str, text: str) -> None:
    folder.write(name, text)
    with pytest.raises(UserError, match=f"^schemas/{name}.avsc"):
        load_repository(folder.root)


@pytest.mark.parametrize("text", ["", "{}", '{"schemas": [{"id": "a"}]}'])
def test_a_broken_lock_says_so(folder: Folder, text: str) -> None:
    (folder.root / "lock.json").write_text(text)
    with pytest.raises(UserError, match=r"^schemas/lock\.json"):
        load_lock(folder.root)


def test_a_lock_that_gives_an_id_twice_is_at_fault(folder: Folder) -> None:
    folder.write("varda/b/v1", event(name="B"))
    first, second = folder.publish().entries
    text = (folder.root / "lock.json").read_text().replace(str(second.id), str(first.id))
    (folder.root / "lock.json").write_text(text)

    assert ("lock.json", "two entries have one id or one name") in folder.faulty()


def test_hooklines_own_schemas_are_in_order() -> None:
    assert check(load_repository(), load_lock()) == []
