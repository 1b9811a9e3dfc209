"""Given a history, then the part of it that is looked at, and its JSON."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.history.forms import page_json, read_page
from app.history.page import Page, page
from app.simulate.payloads import varda
from tests.unit.history.telling import at, died, history
from tests.unit.read.installation import Installation


@pytest.fixture
def hookline() -> Installation:
    """Ten messages, each received a second after the one before, from 12:00:01 on."""
    hookline = Installation(partitions=1)
    for n in range(10):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    return hookline


def offsets(shown: Page) -> list[int]:
    return [moment.offset for moment in shown.items]


def test_the_newest_and_page_by_page_those_before(hookline: Installation) -> None:
    told = history(hookline)
    first = page(told, limit=4)
    assert (offsets(first), first.total, first.phase) == ([6, 7, 8, 9], 10, "active")
    second = page(told, limit=4, before=first.next)
    last = page(told, limit=4, before=second.next)
    assert (offsets(second), offsets(last)) == ([2, 3, 4, 5], [0, 1])
    assert last.next is None


def test_between_two_times(hookline: Installation) -> None:
    told = history(hookline)
    shown = page(told, since=at(3), until=at(6))
    assert (offsets(shown), shown.next) == ([2, 3, 4], None)
    assert offsets(page(told, since=at(3), until=at(6), limit=2)) == [3, 4]
    assert offsets(page(told, since=at(99))) == []


def test_what_a_page_says_is_what_the_whole_says(hookline: Installation) -> None:
    told = history(hookline)
    assert page(told, limit=3, before="8").items == page(told).items[5:8]


def test_received_out_of_order(hookline: Installation) -> None:
    hookline.receive(varda.message(7, 10, at(4)), received_at=at(5))
    hookline.receive(varda.message(7, 11, at(11)))
    hookline.work()
    shown = page(history(hookline), since=at(5), until=at(6))
    assert offsets(shown) == [4, 10]


def test_a_cursor_that_no_page_gave(hookline: Installation) -> None:
    with pytest.raises(ValueError):
        page(history(hookline), before="soon")


class TestJson:
    def written(self, shown: Page, *, bodies: bool = False) -> Any:
        return msgspec.json.decode(msgspec.json.encode(page_json(shown, bodies=bodies)))

    def test_what_is_written_can_be_read(self, hookline: Installation) -> None:
        died(hookline, hookline.receive(varda.message(7, 99, at(0))))
        hookline.receive(varda.message(7, 1, at(1)))
        hookline.receive(varda.message(7, 98, at(99)))
        shown = page(history(hookline), limit=3)
        assert read_page(self.written(shown, bodies=True)) == shown
        hookline.work()
        hookline.log.expire(hookline.topics.raw, 0, 5)
        expired = page(history(hookline))
        assert read_page(self.written(expired, bodies=True)) == expired

    def test_names_and_times(self, hookline: Installation) -> None:
        said = self.written(page(history(hookline), limit=1))
        assert {name: said[name] for name in said if name != "items"} == {
            "key": "varda/conversation/7",
            "kind": "conversation",
            "phase": "active",
            "total": 10,
            "expired": None,
            "whole": False,
            "next": "9",
        }
        (item,) = said["items"]
        changes = {one["path"]: one for one in item.pop("changes")}
        assert changes["messages.inbound"] == {
            "path": "messages.inbound",
            "before": 9,
            "after": 10,
        }
        assert changes["recent_messages[1]"].keys() == {"path", "before"}
        assert item == {
            "raw": "0:9",
            "id": history(hookline).timeline()[-1].id,
            "type": "varda.message.created",
            "schema_version": 2,
            "received_at": "2026-06-01T12:00:10.000000Z",
            "event_at": "2026-06-01T12:00:09.000000Z",
            "lateness_ms": 1_000,
            "delivery": None,
            "badges": [],
            "why": None,
            "redriven_as": None,
            "stands_in_for": None,
        }

    def test_bodies_only_if_asked_for(self, hookline: Installation) -> None:
        shown = page(history(hookline), limit=1)
        (item,) = self.written(shown, bodies=True)["items"]
        assert item["body"] == shown.items[0].body.decode()
        assert item["headers"]["ce_type"] == "varda.message.created"
        assert item["event"]["data"]["id"] == "9"
