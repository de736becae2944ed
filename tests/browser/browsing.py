"""The page in a real browser, for the tests beside this: going to a page, reading what it says. A pytest plugin of
theirs, as a second conftest.py would hide the first."""

from collections.abc import Iterator

import pytest
from conftest import ROOT, Warehouse

from benchmarks.browser import CHROMIUM, DESK, FLAGS, serving
from dashboard.words import Words

SCREENSHOTS = ROOT / "data" / "screenshots"
PHONE = {"width": 390, "height": 844}
WAIT_MS = 60_000  # long, as CI machines are slow: a failure, not a speed limit


@pytest.fixture(scope="session")
def address(sample_warehouse: Warehouse) -> Iterator[str]:
    with serving(sample_warehouse.data_dir.root) as where:
        yield where


@pytest.fixture(scope="session")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser) -> Iterator:
    """A tab that fails the test when the page asks another host for something or complains in the console."""
    context = browser.new_context(viewport=DESK, locale="en-US", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:"))]
    assert not complaints


def is_complaint(line) -> bool:
    """Streamlit first asks for its own addresses below that of a page, where there are none."""
    return line.type in ("error", "warning") and "/_stcore/" not in line.location["url"]


def opened(page, address: str, name: str, language: str = "en", query: str = ""):
    """Go to a page and wait until it is whole."""
    page.goto(f"{address}/{'' if name == 'overview' else name}?lang={language}{query}")
    return whole(page, Words(language)(f"{name}.title"))


def whole(page, title: str):
    page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
    return settled(page)


def settled(page):
    """The answer to what was just done is whole."""
    page.wait_for_timeout(300)  # until the server has heard of it
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    page.wait_for_function("!document.querySelector('[data-stale=true]')")
    page.wait_for_timeout(300)
    return page


def text_of(page) -> str:
    return page.get_by_test_id("stMain").inner_text()


def faults(page) -> list[str]:
    """What should never be seen: an error, or a missing value in a programmer's words."""
    shown = text_of(page).split()
    words = [word for word in ("Traceback", "None", "nan", "NaT", "<NA>", "null") if word in shown]
    return words + [box.inner_text() for box in page.get_by_test_id("stException").all()]


def picture(page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    window = page.viewport_size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": min(height + 60, 12_000)})
    page.wait_for_timeout(700)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(window)
