"""What vendors and their customers write is text on the page, whatever it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.simulate.cast import Customer
from app.simulate.payloads import voxsig
from tests.browser.conftest import Open
from tests.browser.desk import Talk, send_all
from tests.browser.running import Running

IMAGE = "<img src=x onerror=\"window.pwned='image'\">"
SCRIPT = "</script><script>window.pwned='script'</script>"
SVG = "</pre></textarea><svg onload=window.pwned='svg'>"
BREAKS_OUT = "\" autofocus onfocus=\"window.pwned='attribute'"
TEMPLATE = "{{7*7}}{% set x = 1 %}${7*7}"
TURNS = "invoice-\u202egpj.exe"
ALL = (IMAGE, SCRIPT, SVG, BREAKS_OUT, TEMPLATE, TURNS)

MALLORY = Customer(
    id=6601,
    name=IMAGE + SCRIPT,
    email=f"a{SVG}@example.com",
    phone="+447946000666",
    handle="javascript:window.pwned='handle'",
)


@pytest.fixture(scope="module")
def talk(hookline: Running) -> Talk:
    """Hostile in every place that a vendor's customer fills: and in headers, and in a field that
    no schema knows, and in a dead letter.
    """
    talk = Talk(661, MALLORY)
    desk = hookline.desk
    bad = " ".join(ALL)
    send_all(desk, [talk.begins(labels=[*ALL[:2]], custom={IMAGE: SCRIPT}), *map(talk.says, ALL)])
    desk.send(talk.says(bad), headers={"x-chatwoot-delivery": IMAGE.replace('"', "'")})
    drifted = {"event": "conversation_updated", IMAGE: SCRIPT, "brand_new": {"x": IMAGE}}
    desk.send(voxsig.conversation("conversation_updated", talk.snapshot(), more=drifted))
    dead = talk.turns("open")
    dead["meta"]["sender"] = [bad]
    desk.send(dead)
    desk.send({"event": f"conversation_{IMAGE}", "id": 661, "account": {"id": 1}})
    hookline.until(talk.key, 9)
    return talk


def untouched(page: Page) -> None:
    """Nothing of it became part of the page; a fault of a policy fails the test when it ends."""
    assert page.evaluate("window.pwned ?? null") is None
    assert page.locator("img, main script, [onerror], [onload], [onfocus]").count() == 0
    assert "\u202e" not in page.locator("main").inner_text()


def test_a_conversation_shows_it_as_text(visit: Open, talk: Talk) -> None:
    page = visit(talk.path)
    expect(page.locator("h1")).to_contain_text(IMAGE)
    hooks = page.locator("#hooks .hook")
    expect(hooks).to_have_count(10)  # nine that the row has, and a dead letter
    for id in [hook.get_attribute("id") for hook in hooks.all()]:  # places move as more comes in
        page.locator(f"#{id} summary").first.click()
    expect(page.get_by_label("Raw body")).to_have_count(10)
    for opened in page.locator(".detail details summary").all():
        opened.click()

    expect(page.locator("#state")).to_contain_text("{{7*7}}")
    expect(page.locator("#state")).to_contain_text("\\u202e")
    untouched(page)


@pytest.mark.parametrize(
    "view", ["?compare=1", "?verify=1", "?at=2035-01-01T00:00:00Z", "?whole=1"]
)
def test_every_view_of_it_does(visit: Open, talk: Talk, view: str) -> None:
    page = visit(f"{talk.path}{view}")

    expect(page.locator("main")).to_contain_text(IMAGE)
    untouched(page)


def test_lists_and_searches_do(visit: Open, talk: Talk) -> None:
    page = visit("/conversations")
    expect(page.locator(f"tr[id='{talk.key}']")).to_contain_text(IMAGE)
    untouched(page)

    page.fill("#q", f"{IMAGE}{BREAKS_OUT}")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(IMAGE)
    expect(page.locator("#q")).to_have_value(f"{IMAGE}{BREAKS_OUT}")
    untouched(page)


def test_dead_letters_do(visit: Open, talk: Talk) -> None:
    page = visit(f"/dead-letters?key={talk.key}")
    page.locator("[data-line]").first.click()
    expect(page.get_by_label("Body")).to_contain_text("onerror")
    page.get_by_text("Headers").click()
    page.get_by_text("Preview a redrive").click()
    expect(page.locator("#preview")).to_contain_text("would stay dead")
    untouched(page)

    page.goto(page.url.split("/dead-letters")[0] + "/dead-letters")
    expect(page.locator("main")).to_contain_text("onerror")
    untouched(page)


def test_fields_that_no_schema_knows_do(visit: Open, talk: Talk) -> None:
    page = visit("/event-schemas/voxsig/conversation_updated")

    expect(page.locator("#drift")).to_contain_text("brand_new")
    expect(page.locator("#drift")).to_contain_text("onerror")
    expect(page.locator("#proposal")).to_contain_text('"name": "brand_new"')
    untouched(page)
