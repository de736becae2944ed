"""dbt's documentation in a real browser without a network: a column's description shows, and the lineage is drawn."""

from pathlib import Path

import pytest
from browsing import SCREENSHOTS

from benchmarks.browser import CHROMIUM, DESK, FLAGS
from orchestration import dbt_docs
from orchestration.settings import DataDir

pytestmark = pytest.mark.browser
DRAWN = """[...document.querySelectorAll('.launcher-embed canvas')].some(canvas => canvas.width > 0
    && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(value => value))"""


def test_a_column_is_described_and_the_lineage_drawn_without_a_network(sample_copy: DataDir) -> None:
    from playwright.sync_api import sync_playwright

    path: Path = dbt_docs.write(sample_copy)
    asked = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=DESK)
        context.set_offline(True)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{path.as_uri()}#!/model/model.customer_success.mart_expected_nrr")
        page.get_by_text("expected_nrr_low", exact=True).first.click()
        page.get_by_text("Low end of the 90 % interval").locator("visible=true").first.wait_for()
        page.locator(".launcher-btn").click()
        page.wait_for_function(DRAWN)
        page.wait_for_timeout(1000)  # the graph moves into its place
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "dbt_docs.png")
        browser.close()
    assert asked and not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
