"""The page in a real browser: what a person, a keyboard and a screen reader find there. Needs Debian's chromium and the
extra `browser`; run by `make test-browser`. Screenshots of every page in both languages stay in data/screenshots."""

import datetime
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE_DAY, Warehouse

from benchmarks.browser import CHROMIUM, DESK, FLAGS, serving
from dashboard.app import PAGES
from dashboard.words import LANGUAGES, Words
from orchestration.settings import DataDir

pytestmark = pytest.mark.browser
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
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
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
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
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
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height + 60, 12_000)})
    page.wait_for_timeout(700)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_both_languages_without_a_fault(tab, address: str, name: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened(tab, address, name, language)
    assert tab.evaluate("document.documentElement.lang") == language
    assert not faults(tab)
    found = Axe().run(tab).response["violations"]
    serious = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    picture(tab, f"{name}-{language}")
    assert not serious


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_every_page_without_scrolling_sideways(tab, address: str, name: str) -> None:
    tab.set_viewport_size(PHONE)
    opened(tab, address, name)
    assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]
    picture(tab, f"{name}-phone")


def test_the_language_stays_from_page_to_page_and_can_be_changed(tab, address: str) -> None:
    opened(tab, address, "overview", "ja")
    tab.get_by_role("link", name=Words("ja")("levels.title")).click()
    whole(tab, Words("ja")("levels.title"))
    tab.get_by_text(LANGUAGES["en"], exact=True).click()
    whole(tab, Words("en")("levels.title"))
    assert "lang=en" in tab.url


def test_the_keyboard_alone_reaches_another_page(tab, address: str) -> None:
    opened(tab, address, "overview")
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.innerText || ''").strip() == Words("en")("trust.title"):
            break
    tab.keyboard.press("Enter")
    whole(tab, Words("en")("trust.title"))


def test_before_anything_is_published_the_page_says_what_to_do_and_then_shows_it(
    tab, sample_warehouse: Warehouse, tmp_path: Path
) -> None:
    with serving(tmp_path) as address:
        tab.goto(f"{address}/?lang=en")
        whole(tab, Words("en")("nothing.title"))
        assert "make run" in text_of(tab)
        shutil.copyfile(sample_warehouse.data_dir.published, tmp_path / "cs_warehouse.duckdb")
        whole(tab, Words("en")("overview.title"))
        tab.goto("about:blank")  # else it complains when the server stops


def test_a_day_published_while_the_page_is_open_shows_by_itself(tab, sample_copy: DataDir) -> None:
    """While the run builds, the page keeps answering; within a minute after it, the new day is there."""
    with serving(sample_copy.root) as address:
        opened(tab, address, "overview")
        assert f"As of {SAMPLE_DAY}" in text_of(tab)
        day = SAMPLE_DAY + datetime.timedelta(days=1)
        command = ["-m", "orchestration.cli", "run", "--as-of", str(day), "--data-dir", str(sample_copy.root)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        run = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, **quiet)
        visits = itertools.cycle([Words("en")("levels.title"), Words("en")("overview.title")])
        answers = 0
        while run.poll() is None:
            title = next(visits)
            tab.get_by_role("link", name=title).click()
            whole(tab, title)
            answers += 1
        assert run.returncode == 0
        assert answers > 3
        tab.get_by_text(f"As of {day}").first.wait_for(timeout=60_000)
        tab.goto("about:blank")
