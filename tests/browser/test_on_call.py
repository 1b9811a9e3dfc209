"""On call: a number is typed, and what happened is seen, and proved, and followed."""

from __future__ import annotations

import re
from contextlib import nullcontext, suppress

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from app.simulate.cast import AGENTS, Customer
from tests.browser.conftest import Open
from tests.browser.desk import Talk, send_all
from tests.browser.running import Running
from tests.browser.watched import ready

NOOR = Customer(
    id=7001,
    name="Noor Petrov",
    email="noor@mail.example.com",
    phone="+447946000701",
    handle="noor701",
)


@pytest.fixture(scope="module")
def talk(hookline: Running) -> Talk:
    """Five webhooks, the last of them twice."""
    talk = Talk(701, NOOR)
    resolved = [
        talk.begins(),
        talk.says("Where is my parcel?", by=AGENTS[0]),
        talk.says("Let me look.", type="outgoing", by=AGENTS[0]),
        talk.says("It is here now, thank you.", by=AGENTS[0]),
        talk.turns("resolved", by=AGENTS[0]),
    ]
    send_all(hookline.desk, [*resolved, resolved[-1]])
    hookline.until(talk.key, 6)
    return talk


@pytest.fixture
def page(visit: Open, talk: Talk) -> Page:
    """Of the conversation, when all of it has arrived."""
    page = visit(talk.path)
    expect(page.locator("#hooks .hook")).to_have_count(6)
    return page


def state(page: Page) -> Locator:
    return page.locator("#state")


@pytest.mark.parametrize("typed", ["+44 7946 000701", "07946 000 701", "noor petrov"])
def test_a_conversation_is_found_by_what_is_known_of_somebody(
    visit: Open, talk: Talk, typed: str
) -> None:
    page = visit("/")

    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")

    expect(page.locator(".rows tbody tr")).to_have_count(1)
    expect(page.locator(".rows tbody tr .phase")).to_have_text("resolved")
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#key")).to_have_text(talk.key)
    expect(page.locator("h1")).to_contain_text("Noor Petrov")


def test_the_key_of_a_row_and_a_receipt_lead_straight_to_it(
    visit: Open, hookline: Running, talk: Talk
) -> None:
    page = visit(f"/search?q={talk.key}")
    expect(page.locator("#key")).to_have_text(talk.key)

    other = Talk(702, NOOR)
    receipt = hookline.desk.send(other.begins())
    hookline.until(other.key, 1)
    page.fill("#q", str(receipt).replace("'", '"'))
    page.keyboard.press("Enter")
    expect(page.locator("#key")).to_have_text(other.key)
    expect(page.locator(".hook details[open]")).to_have_count(1)


def test_the_state_as_of_a_moment_is_dragged_to(page: Page) -> None:
    expect(state(page).locator(".panel-head .phase")).to_have_text("resolved")

    slider = page.locator("#at")
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, y, steps=5)
    page.mouse.up()

    expect(state(page)).to_contain_text("State as of")
    expect(state(page).locator(".panel-head .phase")).to_have_text("active")
    expect(page.locator("#at-words")).to_contain_text("after 3 of 6 webhooks")
    expect(state(page)).not_to_contain_text("It is here now")
    expect(state(page).locator(".bubble.changed")).to_contain_text("Let me look.")
    expect(page.locator(".hook.later")).to_have_count(3)
    assert "at=" in page.url

    page.reload()  # its address says all of it
    expect(state(page).locator(".panel-head .phase")).to_have_text("active")
    page.keyboard.press("[")
    expect(page.locator("#at-words")).to_contain_text("after 2 of 6 webhooks")
    expect(state(page).locator(".bubble")).to_have_count(1)

    page.keyboard.press("Escape")
    expect(state(page)).to_contain_text("State now")
    assert "at=" not in page.url


def test_a_slow_answer_does_not_show_another_moment_than_the_last_asked_for(page: Page) -> None:
    slow: list[Route] = []

    def answer(route: Route) -> None:
        if slow:
            route.continue_()
        else:
            slow.append(route)

    page.route("**/*part=state*", answer)
    for position in (5, 4, 3, 2):
        with page.expect_request("**/*part=state*") if position == 5 else nullcontext():
            page.keyboard.press("[")
        expect(page.locator("#at-words")).to_contain_text(f"after {position} of 6 webhooks")
        page.wait_for_timeout(60)  # each is asked for by itself

    expect(state(page).locator(".bubble")).to_have_count(1)
    with suppress(Error):  # it was given up
        slow[0].continue_()
    page.wait_for_timeout(200)
    expect(state(page).locator(".bubble")).to_have_count(1)


def test_a_webhook_opens_to_what_it_changed_and_to_its_body(page: Page) -> None:
    turned = page.locator(".hook", has_text="active → resolved")
    turned.locator("summary").first.click()

    detail = turned.locator(".detail")
    expect(detail.locator("tr", has=page.locator("th", has_text="phase")).first).to_contain_text(
        "active"
    )
    expect(detail.get_by_label("Raw body")).to_contain_text('"status": "resolved"')
    expect(detail.get_by_label("Decoded event")).to_contain_text('"conversation_status_changed"')
    expect(page.locator(".hook .badge-duplicate")).to_have_count(1)

    detail.get_by_text("Link to this").click()
    expect(page.locator(".hook details[open] .detail")).to_contain_text("Body as received")


def test_two_moments_are_compared(page: Page) -> None:
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("#differs")).to_be_visible()
    ready(page)
    page.locator("select[name=frm]").select_option(index=2)
    expect(page).to_have_url(re.compile("frm="))
    ready(page)
    page.locator("select[name=to]").select_option(index=2)

    row = page.locator("#differs tr", has=page.locator("th", has_text="messages.outbound"))
    expect(row.locator("td")).to_have_text(["0", "1"])


def test_a_row_is_proved(page: Page) -> None:
    page.keyboard.press("v")

    expect(page.locator("#verdict")).to_contain_text("Equal: the raw log gives the very same row")


def test_a_message_is_seen_when_it_comes(visit: Open, hookline: Running) -> None:
    talk = Talk(703, NOOR)
    send_all(hookline.desk, [talk.begins(), talk.says("First")])
    hookline.until(talk.key, 2)
    page, listed = visit(talk.path), visit("/conversations")
    expect(page.locator("#hooks .hook")).to_have_count(2)
    page.locator(".hook summary").first.click()
    body = page.locator(".hook details[open]").get_by_label("Raw body")
    expect(body).to_be_visible()

    hookline.desk.send(talk.says("And one more thing"))

    expect(state(page).locator(".bubble").first).to_contain_text("And one more thing")
    expect(page.locator("#hooks .hook").first).to_contain_text("And one more thing")
    expect(body).to_be_visible()  # what somebody reads stays open
    row = listed.locator(f"tr[id='{talk.key}']")
    expect(row).to_contain_text("And one more thing")


def test_a_row_that_is_not_there_yet_comes_by_itself(visit: Open, hookline: Running) -> None:
    talk = Talk(705, NOOR)
    page = visit(talk.path, said=["404"])
    expect(page.locator("h1")).to_contain_text("There is no row")

    hookline.desk.send(talk.begins())

    expect(page.locator("h1")).to_contain_text("Noor Petrov")


def test_a_webhook_that_could_not_be_read_is_read_when_it_is_opened_again(
    visit: Open, hookline: Running
) -> None:
    talk = Talk(707, NOOR)
    hookline.desk.send(talk.begins())
    hookline.until(talk.key, 1)
    page = visit(talk.path, said=["503"])
    page.route("**/*part=webhook*", lambda route: route.fulfill(status=503, body=""), times=1)
    page.locator(".hook summary").first.click()
    expect(page.locator(".hook details[open]")).to_have_count(0)
    expect(page.get_by_text("The inspector could not answer that")).to_be_visible()
    page.locator(".hook summary").first.click()
    expect(page.get_by_label("Raw body")).to_have_count(1)


def test_a_row_that_came_before_the_page_listened_is_shown(visit: Open, hookline: Running) -> None:
    talk = Talk(706, NOOR)
    page = visit("/conversations", said=["404"])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live", hold)
    page.goto(f"{hookline.url}{talk.path}")
    expect(page.locator("h1")).to_contain_text("There is no row")
    hookline.desk.send(talk.begins())
    hookline.until(talk.key, 1)

    held[0].continue_()

    expect(page.locator("h1")).to_contain_text("Noor Petrov")


def test_many_webhooks_come_a_page_at_a_time(visit: Open, hookline: Running) -> None:
    talk = Talk(704, NOOR)
    send_all(hookline.desk, [talk.begins(), *(talk.says(f"Message {n}") for n in range(119))])
    hookline.until(talk.key, 120)
    page = visit(talk.path)
    expect(page.locator(".history .panel-head")).to_contain_text("120 webhooks")
    expect(page.locator("#hooks .hook")).to_have_count(100)

    page.get_by_text("Show earlier webhooks").click()

    expect(page.locator("#hooks .hook")).to_have_count(120)
    expect(page.locator("#hooks .hook").last).to_contain_text("conversation_created")


def test_every_screen_says_how_fresh_it_is(visit: Open, hookline: Running, talk: Talk) -> None:
    page = visit("/")
    for path in ("/", "/search?q=nobody", "/dead-letters", "/event-schemas", talk.path):
        page.goto(f"{hookline.url}{path}")
        expect(page.locator("#fresh")).to_contain_text("live")
        expect(page.locator("#fresh")).to_contain_text("worker up to date")
