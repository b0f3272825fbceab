"""Published pages in a real browser, at the width of a desk and of a phone."""

from __future__ import annotations

import shutil

import fixtures
import pytest

from analysis.publishing import rendering
from analysis.reference.project import Workspace

QUARTER = "2018-19-Q2"
WIDTHS = {"desk": 1280, "phone": 390}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    made = Workspace(data=tmp_path_factory.mktemp("browser") / "data", root=fixtures.ROOT)
    home = made.build / "findings" / "929" / QUARTER / "public"
    fixtures.every_review(home, audience="public")
    return rendering.render(
        made, "929", QUARTER, "public", formats=["html"], renderer="portable", judge=fixtures.Believing()
    ).folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield opened
        opened.close()


@pytest.mark.parametrize("name", ["self-assessment.html", "index.html", "deep-dives/front-door.html"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_page_fits_shows_its_pictures_and_asks_nobody_for_anything(name, width, published, browser):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((published / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    page.close()


def test_the_mark_of_invented_children_stays_in_view(published, browser):
    page = browser.new_page(viewport={"width": WIDTHS["phone"], "height": 700})
    page.goto((published / "self-assessment.html").as_uri())
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight / 2)")
    box = page.get_by_text("Simulated data: invented children").first.bounding_box()
    assert box is not None
    assert -1 <= box["y"] < 700
    page.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(published, browser):
    page = browser.new_page()
    page.goto((published / "self-assessment.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.close()


def shown_source(page):
    """The text of the source that stands on the page, or nothing."""
    return page.evaluate(
        """() => [...document.querySelectorAll("a.bound")].filter(a => getComputedStyle(a, "::after").display !== "none")
                 .map(a => a.dataset.source).join("|")"""
    )


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_bound_figure_shows_its_source_on_hover_and_focus_and_escape_closes_it(width, published, browser):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((published / "self-assessment.html").as_uri())
    figures = page.locator("a.bound-value")
    for number in (0, figures.count() // 2, figures.count() - 1):
        figure = figures.nth(number)
        figure.scroll_into_view_if_needed()
        page.mouse.move(1, 1)
        assert shown_source(page) == ""
        figure.hover()
        assert shown_source(page) == figure.get_attribute("data-source")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
        page.keyboard.press("Escape")
        assert shown_source(page) == ""
    page.mouse.move(1, 1)
    figures.first.focus()
    # A figure reached by a script looks like one reached by the keyboard once a key is pressed.
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert shown_source(page) == figures.first.get_attribute("data-source")
    page.close()


def test_a_bound_figure_is_described_by_its_line_in_the_register(published, browser):
    page = browser.new_page()
    page.goto((published / "self-assessment.html").as_uri())
    described = page.evaluate(
        """() => [...document.querySelectorAll("a.bound")].map(a => [a.getAttribute("href"),
                 document.getElementById(a.getAttribute("aria-describedby"))?.textContent ?? ""])"""
    )
    assert described
    assert all(text for _, text in described)
    first = page.locator("a.bound-value").first
    wanted = first.get_attribute("href")
    first.click()
    assert page.evaluate("location.hash") == wanted
    assert wanted in dict(described)
    page.close()


def test_a_tap_shows_the_source_and_a_second_one_leads_to_the_register(published, browser):
    phone = browser.new_context(viewport={"width": WIDTHS["phone"], "height": 800}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto((published / "self-assessment.html").as_uri())
    first, claim = page.locator("a.bound-value").first, page.locator("a.bound-claim").first
    first.tap()
    assert shown_source(page) == first.get_attribute("data-source")
    assert page.evaluate("location.hash") == ""
    claim.tap()
    assert claim.get_attribute("data-source") in shown_source(page)
    claim.tap()
    assert page.evaluate("location.hash") == claim.get_attribute("href")
    phone.close()


@pytest.mark.parametrize(("width", "laid_out"), [(1280, "table-cell"), (390, "block")], ids=WIDTHS)
def test_a_table_of_many_words_is_cards_on_a_phone(width, laid_out, published, browser):
    """The register has a long row for each measure: nothing of it is moved sideways, and each cell says what it is."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((published / "self-assessment.html").as_uri())
    cells = page.locator("table.wordy td:nth-child(2)")
    assert cells.count() > 0
    assert cells.first.evaluate("cell => getComputedStyle(cell).display") == laid_out
    told = cells.first.evaluate("cell => getComputedStyle(cell, '::before').content")
    heading = page.locator("table.wordy th:nth-child(2)").first
    assert (heading.inner_text() in told) == (laid_out == "block")
    assert page.evaluate(
        "[...document.querySelectorAll('div:has(> table.wordy)')].every(d => d.scrollWidth <= d.clientWidth)"
    )
    # Laid out otherwise, it is still a table to whoever hears it.
    assert page.get_by_role("columnheader", name=heading.inner_text()).count() > 0
