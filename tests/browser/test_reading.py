"""For everybody: without scripts, without a mouse, on a phone, in the dark, by ear."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.simulate.cast import AGENTS, Customer
from tests.browser.conftest import Open
from tests.browser.desk import SECOND, Talk, send_all
from tests.browser.running import Running

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LONG = Customer(
    id=8001,
    name="Wolfeschlegelsteinhausenbergerdorff-" * 4 + "Hohenlohe",
    email=f"{'a.very.long.address.' * 4}x@subdomain.of.a.long.company.example.com",
    phone="+447946000801",
    handle="h801",
)
RIGHT_TO_LEFT = "مرحبا، أحتاج إلى مساعدة في طلبي رقم 12345"
CHINESE = "你好，我的包裹显示已送达，但是我没有收到。"  # noqa: RUF001


@pytest.fixture(scope="module")
def talk(hookline: Running) -> Talk:
    talk = Talk(801, LONG)
    labels = ["escalated-to-second-level-support", "vip", "refund-requested"]
    send_all(
        hookline.desk,
        [
            talk.begins(labels=labels),
            talk.says(RIGHT_TO_LEFT),
            talk.says(CHINESE, type="outgoing", by=AGENTS[0]),
            talk.says("Wordwithoutanyspaces" * 12),
            talk.turns("resolved"),
        ],
    )
    dead = talk.turns("open")
    dead["meta"]["sender"] = ["nobody"]
    hookline.desk.send(dead)
    hookline.desk.send({**talk.begins(status="resolved"), "new_field_of_theirs": {"a": 1}})
    hookline.until(talk.key, 6)
    return talk


def screens(talk: Talk) -> list[str]:
    return [
        "/",
        "/conversations?dead=1",
        "/search?q=801",
        talk.path,
        f"{talk.path}?compare=1",
        "/dead-letters",
        f"/dead-letters?key={talk.key}",
        "/event-schemas",
        "/event-schemas/voxsig/conversation_created",
    ]


def test_all_of_it_is_read_without_scripts(visit: Open, talk: Talk) -> None:
    page = visit("/conversations", java_script_enabled=False)
    page.fill("#q", "+447946000801")
    page.keyboard.press("Enter")
    page.locator(".rows a").first.click()
    expect(page.locator("#state .phase")).to_have_text("resolved")

    page.locator(".hook", has_text=CHINESE).locator("summary").click()
    page.locator(".hook details[open]").get_by_role("link", name="Show what it changed").click()
    expect(page.get_by_label("Raw body")).to_contain_text(CHINESE)

    page.get_by_role("link", name="State here").click()
    expect(page.locator("#state")).to_contain_text("State as of")
    expect(page.locator("#state .phase").first).to_have_text("active")

    page.get_by_role("link", name="Verify").click()
    expect(page.locator("#verdict")).to_contain_text("Equal")


def test_filters_narrow_a_list_without_scripts(visit: Open, talk: Talk) -> None:
    page = visit("/conversations", java_script_enabled=False)
    page.select_option("select[name=phase]", "resolved")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator("tbody tr").first).to_be_visible()
    assert set(page.locator("tbody .phase").all_inner_texts()) == {"resolved"}


def test_filters_apply_by_themselves_and_are_an_address(visit: Open, talk: Talk) -> None:
    page = visit("/conversations")
    page.get_by_label("Dead letters").check()

    expect(page).to_have_url(f"{page.url.split('/conversations')[0]}/conversations?dead=1")
    expect(page.locator(f"tr[id='{talk.key}'] .badge-dead_letter")).to_have_text("1 dead")


def test_hands_stay_on_the_keyboard(visit: Open, talk: Talk) -> None:
    page = visit("/conversations")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tbody tr").first.locator("a")).to_be_focused()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next, previous line")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.locator("h1")).to_have_text("Dead letters")


def test_light_and_dark_are_remembered(visit: Open) -> None:
    page = visit("/conversations", color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_role("button", name="Theme").click()

    dark = page.evaluate(ground)
    assert dark != light
    page.goto(page.url.replace("/conversations", "/"))
    assert page.evaluate(ground) == dark


def test_nothing_is_wider_than_the_screen(visit: Open, hookline: Running, talk: Talk) -> None:
    page = visit("/", viewport=DESK)
    for path in screens(talk):
        page.goto(f"{hookline.url}{path}")
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], path


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_the_newest_of_a_plot_lies_within_its_card(visit: Open, width: int) -> None:
    page = visit("/", viewport={"width": 700, "height": 900})
    expect(page.locator(".plot canvas")).to_have_count(2)
    for drawn_anew in (False, True):
        page.set_viewport_size({"width": width, "height": 900})
        if drawn_anew:
            page.reload()
        for plot in page.locator(".plot").all():
            card, canvas = plot.bounding_box(), plot.locator("canvas").bounding_box()
            assert card is not None
            assert canvas is not None
            assert canvas["x"] + canvas["width"] <= card["x"] + card["width"] - 1


def test_an_address_of_no_page_of_a_timeline_leads_back_to_it(visit: Open, talk: Talk) -> None:
    page = visit(f"{talk.path}?before=abc", said=["400"])
    page.get_by_role("link", name="Newest webhooks").click()
    expect(page.locator("#hooks .hook").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_the_tables_of_the_overview(
    visit: Open, talk: Talk, scheme: str
) -> None:
    page = visit("/", viewport=PHONE, color_scheme=scheme)
    expect(page.get_by_label("Sources").locator("tbody tr").first).to_be_visible()
    for panel in page.locator(".panel:has(> .grid)").all():
        name = panel.get_attribute("aria-label")
        assert panel.evaluate("it => it.scrollWidth <= it.clientWidth"), name


def test_a_phone_shows_all_of_a_table_of_schemas(visit: Open, talk: Talk) -> None:
    page = visit("/event-schemas", viewport=PHONE)
    expect(page.locator("#drift tbody tr").first).to_be_visible()
    for grid in page.locator(".grid").all():
        assert grid.evaluate("it => it.scrollWidth <= it.clientWidth")
    # The look at what vendors send is kept for a minute: this test's field, or another's.
    field = page.locator(
        "#drift tbody code", has_text=re.compile("new_field_of_theirs|brand_new")
    ).first
    assert len(field.evaluate("it => [...it.getClientRects()]")) == 1, "in one line"


def test_a_time_long_ago_lies_within_its_panel(visit: Open, hookline: Running, talk: Talk) -> None:
    long_ago = time.time_ns() // 1000 - (979 * 24 + 18) * 3600 * SECOND
    old = Talk(802, LONG, began=long_ago)
    hookline.desk.send(old.begins())
    hookline.until(old.key, 1)
    page = visit(talk.path, viewport=PHONE)
    expect(page.locator(".others time")).to_contain_text("979d")
    page.goto(f"{hookline.url}{old.path}")
    expect(page.locator("#state time").first).to_contain_text("979d")
    for path, parts in ((talk.path, ".others"), (old.path, ".state-box")):
        page.goto(f"{hookline.url}{path}")
        for width in (390, 1000):
            page.set_viewport_size({"width": width, "height": 900})
            panel = page.locator(parts).bounding_box()
            assert panel is not None
            for when in page.locator(f"{parts} time .ago:visible").all():
                box = when.bounding_box()
                assert box is not None
                assert box["x"] + box["width"] <= panel["x"] + panel["width"] - 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_opened(visit: Open, talk: Talk, scheme: str) -> None:
    """The past, a webhook, a verdict, the keys, a preview: none has an address of its own."""
    page = visit(talk.path, viewport=DESK, color_scheme=scheme)
    page.keyboard.press("v")
    page.keyboard.press("[")
    page.keyboard.press("[")
    page.locator(".hook summary").nth(1).click()
    expect(page.get_by_label("Raw body")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("Equal")
    expect(page.locator("#state")).to_contain_text("State as of")
    axe = Axe()
    assert (found := axe.run(page)).violations_count == 0, found.generate_report()

    page.keyboard.press("?")
    assert (found := axe.run(page)).violations_count == 0, found.generate_report()


def test_axe_finds_nothing(visit: Open, hookline: Running, talk: Talk) -> None:
    """Contrast, names, roles, order: every rule of axe-core that it has on by default. In the dark
    only colours are others. (Those of JSON are looked at above: it is many small pieces.)
    """
    page = visit("/", viewport=DESK, color_scheme="light")
    axe = Axe()
    without = {"exclude": [["pre.json"]]}
    for path in screens(talk):
        page.goto(f"{hookline.url}{path}")
        found = axe.run(page, context=without)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    page.emulate_media(color_scheme="dark")
    for path in ("/", "/conversations?dead=1", f"{talk.path}?compare=1"):
        page.goto(f"{hookline.url}{path}")
        found = axe.run(page, context=without, options={"runOnly": ["color-contrast"]})
        assert found.violations_count == 0, f"{path} in the dark: {found.generate_report()}"
