"""What people do on the page, in a real browser: find a customer and come back, ask what moves and levers bring,
read the report beside the page, and open the page of a company with one customer or none. What the page answers is held
against the marts."""

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from browsing import WAIT_MS, faults, opened, picture, settled, text_of, whole
from conftest import GOLDEN_DAY, Warehouse, csw

from benchmarks.browser import serving
from dashboard.app import PAGES
from dashboard.words import LANGUAGES, Words

pytest_plugins = ["browsing"]
pytestmark = pytest.mark.browser
WORDS = Words("en", "JPY")
ACCOUNTS = "account_id,account_name\nA1,Only Ltd\n"
CONTRACTS = "contract_id,account_id,product_id,start_date,end_date,monthly_amount,quantity,currency\n"


def figure(page, label: str) -> str:
    """The value of a headline figure."""
    return card(page, label).inner_text()


def shows(page, label: str, value: str) -> None:
    """A headline figure has this value, or gets it: on a busy machine the answer takes a while."""
    from playwright.sync_api import expect

    expect(card(page, label)).to_have_text(value, timeout=WAIT_MS)


def card(page, label: str):
    cards = page.locator(".csw-figure").filter(has=page.locator("dt", has_text=re.compile(f"^{re.escape(label)}$")))
    return cards.first.locator("dd.value")


def money(amount: Decimal, signed: bool = False) -> str:
    """Yen as the page writes them."""
    return f"{amount.quantize(Decimal(1), ROUND_HALF_UP):{'+' if signed else ''},} JPY"


def test_a_customer_is_found_opened_and_left_and_the_list_is_as_it_was(
    tab, address: str, sample_warehouse: Warehouse
) -> None:
    [(account_id, name, mrr)] = sample_warehouse.rows(
        """select account_id, account_name, state.mrr from marts.mart_account_360 as state
           inner join marts.dim_account using (account_id)
           where month = (select max(month) from marts.mart_account_360) and state.is_customer
           order by state.mrr desc, account_id limit 1 offset 7"""
    )
    opened(tab, address, "accounts")
    tab.get_by_label(WORDS("accounts.search")).fill(account_id.lower())
    tab.keyboard.press("Enter")
    settled(tab)
    shows(tab, WORDS("accounts.count"), "1")
    shows(tab, "MRR", money(Decimal(mrr)))
    tab.get_by_role("combobox", name=re.compile(WORDS("accounts.open"))).click()
    tab.get_by_role("option").first.click()
    whole(tab, WORDS("account.title"))
    assert f"account={account_id}" in tab.url
    shows(tab, "MRR", money(Decimal(mrr)))
    assert f"{name} ({account_id})" in text_of(tab)
    tab.get_by_role("link", name=WORDS("account.back")).click()
    whole(tab, WORDS("accounts.title"))
    assert tab.get_by_label(WORDS("accounts.search")).input_value() == account_id.lower()
    shows(tab, WORDS("accounts.count"), "1")


def test_filters_show_whom_the_mart_names(tab, address: str, sample_warehouse: Warehouse) -> None:
    [(segment, band, accounts, mrr)] = sample_warehouse.rows(
        """select segment, state.health_band, count(*), sum(state.mrr) from marts.mart_account_360 as state
           inner join marts.dim_account using (account_id)
           where month = (select max(month) from marts.mart_account_360)
               and state.is_customer and state.health_band = 'red'
           group by all order by all limit 1"""
    )
    opened(tab, address, "accounts")
    for facet, value in (("segment", segment), ("band", band)):
        tab.get_by_role("combobox", name=re.compile(WORDS(f"accounts.{facet}"))).click()
        tab.get_by_role("option", name=re.compile(f"^{value}$", re.IGNORECASE)).click()
        tab.keyboard.press("Escape")
        settled(tab)
    shows(tab, WORDS("accounts.count"), str(accounts))
    shows(tab, "MRR", money(Decimal(mrr)))
    tab.reload()
    whole(tab, WORDS("accounts.title"))
    shows(tab, WORDS("accounts.count"), str(accounts))  # the address holds what was chosen


def test_moves_bring_what_the_mart_says_of_each(tab, address: str, sample_warehouse: Warehouse) -> None:
    """Set by keyboard: two customers from 0 to 2, three from 3 to 4."""
    asked = {(0, 2): 2, (3, 4): 3}
    rows = sample_warehouse.rows(
        """select from_level, to_level, mean_gain_mrr, scope_mrr, scope_expected_mrr from marts.mart_what_if
           where scope_type = 'all' and from_level < to_level"""
    )
    gain = sum(asked[start, end] * mean for start, end, mean, *_ in rows if (start, end) in asked)
    mrr, expected = rows[0][3:]
    opened(tab, address, "simulator")
    for (start, end), count in asked.items():
        boxes = tab.get_by_label(WORDS("moves.to", start=start, end=end), exact=True)
        boxes.fill(str(count))
        boxes.press("Enter")
        settled(tab)
    shows(tab, WORDS("moves.effect"), f"{100 * gain / mrr:+.2f} pt")
    assert money(gain, signed=True) in text_of(tab)
    name = sample_warehouse.rows("select label_en from reference.kpi_catalog where kpi_key = 'expected_nrr'")[0][0]
    then = figure(tab, WORDS("moves.then", name=name))
    assert then == f"{100 * (expected + gain) / mrr:.2f}%"
    assert then != figure(tab, WORDS("moves.today", name=name))


def test_the_sliders_work_out_a_lifetime_value_as_the_mart_does(
    tab, address: str, sample_warehouse: Warehouse
) -> None:
    """The price two steps up by the arrow keys: only the price and what follows from it change."""
    [(price, rise, margin, months, accounts, before)] = sample_warehouse.rows(
        """select price_before, asked.price_change, gross_margin_after, discounted_months_after, accounts_after,
               total_before
           from marts.mart_ltv_simulation inner join reference.ltv_scenarios as asked using (scenario_key)
           where scenario_key = 'price_up_5_percent'"""
    )

    def whole_yen(number: Decimal) -> Decimal:
        return number.quantize(Decimal(1), ROUND_HALF_UP)

    opened(tab, address, "simulator", query="&scenario=price_up_5_percent")
    lever = tab.get_by_role("slider", name=WORDS("try.price_change"))
    lever.focus()
    for _ in range(2):
        lever.press("ArrowRight")
    settled(tab)
    dearer = whole_yen(Decimal(price) * (1 + Decimal(str(rise)) + Decimal("0.02")))
    worth = whole_yen(dearer * round(Decimal(str(margin * months)), 9))
    shows(tab, WORDS("ltv.one_after"), money(worth))
    shows(tab, WORDS("ltv.all_after"), money(worth * accounts))
    shows(tab, WORDS("ltv.gain"), money(worth * accounts - before, signed=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_what_the_page_says(
    tab, address: str, sample_warehouse: Warehouse, tmp_path: Path, language: str
) -> None:
    """Every card, and every table of the page, cell by cell; the report has one more, of the bridge since yesterday."""
    read = """() => ({
        cards: [...document.querySelectorAll('.csw-figure')].map(card => card.textContent),
        tables: [...document.querySelectorAll('.csw-table')].map(table =>
            [...table.rows].map(row => [...row.cells].map(cell => cell.textContent)))})"""
    page = opened(tab, address, "overview", language).evaluate(read)
    path = tmp_path / "report.html"
    done = csw("report", path, "--lang", language, "--data-dir", sample_warehouse.data_dir.root)
    assert done.returncode == 0, done.stderr
    tab.goto(path.as_uri())
    report = tab.evaluate(read)
    assert page["cards"] == report["cards"] and len(page["cards"]) == 7
    assert len(page["tables"]) == 5
    assert all(table in report["tables"] for table in page["tables"])


@pytest.fixture(scope="module", params={"one": "2024-01-01,2026-01-01", "none": "2025-08-01,2026-08-01"}.items())
def small(request: pytest.FixtureRequest, build_warehouse: Callable[..., Warehouse]) -> Iterator[tuple[str, str]]:
    """How many customers, and the address of their company's page: one, or none whose contract has begun."""
    name, dates = request.param
    contracts = f"{CONTRACTS}C1,A1,core,{dates},100000,10,JPY\n"
    files = {"accounts/accounts.csv": ACCOUNTS, "contracts/contracts.csv": contracts}
    with serving(build_warehouse(files, GOLDEN_DAY).data_dir.root) as where:
        yield name, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_of_one_customer_or_none_has_every_page(tab, small: tuple[str, str], language: str) -> None:
    customers, where = small
    for name in PAGES:
        opened(tab, where, name, language, "&account=A1" if name == "account" else "")
        assert not faults(tab), name
        picture(tab, f"{name}-{language}-{customers}")
    tab.goto("about:blank")  # else it complains when the server stops
