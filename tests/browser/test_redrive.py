"""A dead letter whose cause is mended is taken in again, from the page."""

from __future__ import annotations

import time

import pytest
from confluent_kafka import Producer
from playwright.sync_api import Page, expect

from app.core.webhook import RawRecord, event_id
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from app.simulate.cast import JANE
from app.simulate.webhook import compact
from tests.browser.conftest import Open
from tests.browser.desk import Talk, Tree, send_all
from tests.browser.running import Running

PARTITIONS = 4


def received_before_it_was_known(hookline: Running, body: Tree) -> None:
    """Onto the raw log as an endpoint wrote it that did not know this event yet."""
    stored = compact(body)
    id = event_id("voxsig", stored)
    record = RawRecord(
        partition=0,
        offset=0,
        key=f"voxsig/unknown/{id}",
        body=stored,
        id=id,
        source="voxsig",
        type="voxsig.unknown",
        received_at=time.time_ns() // 1000,
        account="1",
    )
    number = partition_of(record.key, PARTITIONS)
    producer = Producer({"bootstrap.servers": hookline.bootstrap})
    headers = [*record.headers()]
    producer.produce(Topics("").raw, stored, record.key.encode(), number, headers=headers)
    assert producer.flush(20) == 0
    hookline.until_dead(record.key)


@pytest.fixture(scope="module")
def talk(hookline: Running) -> Talk:
    talk = Talk(991, JANE)
    send_all(hookline.desk, [talk.begins(), talk.says("Hello?")])
    hookline.until(talk.key, 2)
    received_before_it_was_known(hookline, talk.turns("resolved"))
    return talk


@pytest.fixture
def page(visit: Open, talk: Talk) -> Page:
    """Of the one cause that it has in common with nothing else."""
    page = visit("/dead-letters?source=voxsig")
    letter = page.locator("tr", has_text="conversation_status_changed")
    letter.filter(has_text="unknown_event").locator("[data-line]").click()
    return page


def test_its_preview_says_what_would_change_and_the_button_does_it(
    page: Page, visit: Open, talk: Talk
) -> None:
    expect(page.locator(".why")).to_contain_text("Its cause is mended: a redrive takes it in.")
    page.get_by_text("Preview a redrive").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("1 letter would be taken in")
    expect(preview.locator("summary", has_text=talk.key)).to_be_visible()
    changed = preview.locator("tr", has=page.locator("th", has_text="phase"))
    expect(changed.locator("td")).to_have_text(["active", "resolved"])

    page.locator("#redrive").click()

    expect(page.get_by_role("status").first).to_contain_text("Redriven: 1 letter")
    row = visit(talk.path)
    expect(row.locator("#state .phase").first).to_have_text("resolved")
    expect(row.locator("#hooks .hook").first.locator(".badge-stands_in")).to_be_visible()
    page.reload()
    expect(page.locator("main .badge-redriven").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("none open")
    expect(page.locator(".why")).to_contain_text("It was redriven: nothing.")


@pytest.mark.parametrize("headers", [{}, {"origin": "http://elsewhere.example"}])
def test_a_form_that_is_not_of_this_site_does_nothing(
    visit: Open, hookline: Running, headers: dict[str, str]
) -> None:
    page = visit("/dead-letters")
    url = f"{hookline.url}/dead-letters/0123456789abcdef/redrive"

    answer = page.request.post(url, form={"csrf": "guessed"}, headers=headers)

    assert answer.status == 403
