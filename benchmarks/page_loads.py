"""`python -m benchmarks.page_loads`: how long a person waits for the page of a company of 10,000 customers, in a real
browser: for the first page of a server just started, and for each page of it on the first visit and again. Seconds, for
that is what is waited for; beside them how many times an empty page of Streamlit they are. Exit code 1 when a bound is
missed. What the figures were: docs/benchmarks.md."""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import CHROMIUM, DESK, FLAGS, serving
from benchmarks.measure import Finding, clean_environment, cpu_of, say, show
from dashboard.app import PAGES
from dashboard.words import Words
from orchestration import manifest
from orchestration.settings import ROOT

ACCOUNTS, TURNS = 10_000, 3
FIRST_PAINT, PAGE_CHANGE = 5.0, 2.0
WORDS = Words("en")
TITLES = {name: WORDS(f"{name}.title") for name in PAGES}
SEARCHED = "10"
EMPTY = """
import streamlit as st
names = {"one": "Empty one", "other": "Empty other"}
pages = [st.Page(lambda key=key: st.title(names[key]), title=names[key], url_path=key) for key in names]
st.navigation(pages).run()
"""
WAIT_MS = 120_000
# When what a page shows last changed: whole is when it stops changing, which is known only a while after.
WATCH = """
window.changed = performance.now()
const isShown = node => (node.closest ? node : node.parentElement)?.closest('[data-testid=stMain]')
new MutationObserver(changes => {
    if (changes.some(change => isShown(change.target))) window.changed = performance.now()
}).observe(document, {subtree: true, childList: true, characterData: true, attributes: true})
"""
# The script has ended, nothing is left of the page before, every chart is drawn, and it has been so for a second.
IS_WHOLE = """title => {
    const all = selector => [...document.querySelectorAll(selector)]
    return all('h1').some(heading => heading.innerText.trim() === title)
        && all('[data-testid=stApp][data-test-script-state=notRunning]').length === 1
        && all('[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]').length === 0
        && all('[data-testid=stVegaLiteChart]').every(chart => chart.querySelector('canvas, svg'))
        && performance.now() - window.changed > 1000
}"""
Costs = dict[tuple[str, str], list[float]]


class Visit:
    """One person's tab, and a stop-watch on it that the browser itself holds."""

    def __init__(self, tab, address: str) -> None:
        self.tab, self.address = tab, address

    def open(self, title: str, path: str = "") -> float:
        """Seconds from the address to the whole page."""
        self.tab.goto(f"{self.address}/{path}")
        return self._whole_at(title)

    def change(self, title: str) -> float:
        """Seconds from a click on a page's name at the side to the whole page."""
        return self.after(self.tab.get_by_role("link", name=title, exact=True).first.click, title)

    def after(self, act: Callable[[], None], title: str, sign: Callable[[], None] | None = None) -> float:
        """Seconds from what a person does to the whole page, once there is a sign of it."""
        start = self.tab.evaluate("performance.now() / 1000")
        act()
        if sign:
            sign()
        return self._whole_at(title) - start

    def _whole_at(self, title: str) -> float:
        self.tab.wait_for_function(IS_WHOLE, arg=title)
        return self.tab.evaluate("window.changed / 1000")


@contextmanager
def visiting(chromium, address: str):
    context = chromium.new_context(viewport=DESK, locale="en-US")
    context.add_init_script(WATCH)
    tab = context.new_page()
    tab.set_default_timeout(WAIT_MS)
    yield Visit(tab, address)
    tab.goto("about:blank")
    context.close()


def least(chromium, folder: Path) -> dict[str, float]:
    """Seconds that an empty page takes on this machine: the first one, and a change to another one."""
    app = folder / "empty.py"
    app.write_text(EMPTY, encoding="utf-8")
    shutil.copytree(ROOT / "dashboard" / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    with serving(folder, ("streamlit", "run", str(app))) as address, visiting(chromium, address) as visit:
        first = visit.open("Empty one")
        changes = [visit.change(title) for title in ("Empty other", "Empty one") * 2]
    return {"first": first, "change": statistics.median(changes)}


def turn(chromium, data_dir: Path) -> Costs:
    """Every page from a server that has answered nothing yet, and then once more: (page, visit) → seconds. Between any
    two pages lies the overview."""
    costs: Costs = defaultdict(list)
    with serving(data_dir) as address, visiting(chromium, address) as visit:
        costs["overview", "first paint"].append(visit.open(TITLES["overview"]))
        for which in ("first visit", "again"):
            for name in list(PAGES)[1:]:
                costs[name, which].append(visit.change(TITLES[name]))
                if name == "accounts":
                    costs["accounts, a search", which].append(search(visit))
                    costs["account, one customer", which].append(one_customer(visit))
                costs["overview", "again"].append(visit.change(TITLES["overview"]))
    return costs


def search(visit: Visit) -> float:
    """Seconds from the last key to the customers found."""
    box = visit.tab.get_by_label(WORDS("accounts.search")).first
    box.fill(SEARCHED)
    return visit.after(
        lambda: box.press("Enter"),
        TITLES["accounts"],
        lambda: visit.tab.wait_for_function("location.search.includes('q=')"),
    )


def one_customer(visit: Visit) -> float:
    """Seconds from the choice of the first customer of the list to its page."""
    visit.tab.get_by_role("combobox", name=WORDS("accounts.open")).click()
    customer = visit.tab.get_by_role("option").first
    heading = visit.tab.get_by_role("heading", level=2, name=customer.inner_text(), exact=True)
    return visit.after(customer.click, TITLES["account"], heading.wait_for)


def findings(costs: Costs, empty: dict[str, float]) -> list[Finding]:
    """The median of each against its bound."""
    found = []
    for (page, visit), seconds in costs.items():
        is_first = visit == "first paint"
        bound, floor = (FIRST_PAINT, empty["first"]) if is_first else (PAGE_CHANGE, empty["change"])
        measured = statistics.median(seconds)
        made_of = f"{measured / floor:.1f} × an empty page; {min(seconds):.2f} to {max(seconds):.2f}"
        found.append(Finding(f"{page}: {visit}", measured, bound, made_of))
    return found


def measure(data_dir: Path, folder: Path, turns: int) -> list[Finding]:
    from playwright.sync_api import sync_playwright

    costs, empty = defaultdict(list), defaultdict(list)
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for number in range(turns):
            for name, seconds in least(chromium, folder).items():
                empty[name].append(seconds)
            for name, seconds in turn(chromium, data_dir).items():
                costs[name] += seconds
            say(f"{number + 1}/{turns}: first paint {costs['overview', 'first paint'][-1]:.2f} s")
        chromium.close()
    floor = {name: statistics.median(seconds) for name, seconds in empty.items()}
    say(f"an empty page: first paint {floor['first']:.2f} s, page change {floor['change']:.2f} s")
    return findings(costs, floor)


def build(root: Path) -> Path:
    """The sample company of 10,000, built and published, which takes long."""
    manifest.prepare()
    for command in (["sample", "--accounts", str(ACCOUNTS)], ["run"]):
        csw = [sys.executable, "-m", "orchestration.cli", *command, "--data-dir", str(root)]
        spent = cpu_of(csw, clean_environment())
        say(f"csw {command[0]}: {spent:.0f} CPU s")
    return root


def main() -> bool:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_loads", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="one that is built; default: a sample of 10,000, built first")
    parser.add_argument("--turns", type=int, default=TURNS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="csw-bench-") as folder:
        data_dir = given.data_dir or build(Path(folder) / "company")
        found = measure(data_dir, Path(folder), given.turns)
    show(found, "Page loads: seconds, medians")
    return all(finding.is_met for finding in found)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
