"""The page in a real browser: what a person, a keyboard and a screen reader find there. Needs Debian's chromium and the
extra `browser`; run by `make test-browser`. Screenshots of every page in both languages stay in data/screenshots."""

import datetime
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import PHONE, faults, opened, picture, text_of, whole
from conftest import ROOT, SAMPLE_DAY, Warehouse

from benchmarks.browser import serving
from dashboard.app import PAGES
from dashboard.words import LANGUAGES, Words
from orchestration.settings import DataDir

pytest_plugins = ["browsing"]
pytestmark = pytest.mark.browser


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


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_has_its_tables_whole_and_nothing_to_click(tab, address: str, name: str) -> None:
    """On A4, upright: 186 mm between the margins, of which the page makes more by its zoom."""
    opened(tab, address, name)
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 703, "height": 994})
    tab.wait_for_timeout(700)
    for hidden in ("stSidebar", "stDataFrame", "stDownloadButton"):
        assert not [part for part in tab.get_by_test_id(hidden).all() if part.is_visible()]
    wide = "[...document.querySelectorAll('.csw-table')].filter(t => t.offsetWidth > t.parentElement.offsetWidth + 1)"
    assert tab.evaluate(f"{wide}.map(t => t.caption.innerText)") == []
    tab.emulate_media(media="screen")


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
