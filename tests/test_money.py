"""Money in three currencies, with tax, a discount that ends, a merger and a late rate: worked out here with fractions
from the landed text, and compared to the last minor unit."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from conftest import Warehouse, build, write_landing

AS_OF = datetime.date(2024, 6, 30)
ACCOUNTS = """account_id,account_name,parent_account_id,merged_into_account_id,segment
yen,Yen,,,a
dollar,Dollar,,,a
dinar,Dinar,,,b
old,Old name,,new,b
new,New name,holding,,b
sister,Sister,holding,,b
holding,Holding,,,b
"""
# Totals that do not divide, tax contained, a discount that ends in April, and a contract that moves from the account
# that was merged to the one it was merged into, then on to its sister.
CONTRACTS = """contract_id,account_id,sku,start,end,mrr,tcv,term,currency,税込,discount_amount,discount_end
y1,yen,core,2024-01-01,2025-01-01,,"1,000,001",12,JPY,no,,
y2,yen,core,2024-01-10,2025-01-01,"1,099",,,JPY,yes,,
y3,yen,extra,2024-01-15,2025-01-15,500,,,JPY,no,200,2024-04-10
d1,dollar,core,2024-01-01,2025-01-01,,1000.01,12,USD,no,,
d2,dollar,core,2024-01-01,2024-05-01,99.99,,,USD,no,,
k1,dinar,core,2024-02-01,2025-02-01,,1000.001,12,KWD,no,,
o1,old,core,2024-01-01,2024-03-01,10000,,,JPY,no,,
n1,new,core,2024-03-01,2024-05-01,10000,,,JPY,no,,
s1,sister,core,2024-05-01,2025-05-01,10000,,,JPY,no,,
"""
RATES = """currency,rate_date,rate
USD,2023-12-01,141.825
USD,2024-01-31,147.35
USD,2024-04-30,157.8123456789
KWD,2024-01-31,479.5
KWD,2024-05-20,510.01
"""
GRACE = {"renewal_grace_days": 0}


@pytest.fixture(scope="module")
def company(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    files = {"accounts/a.csv": ACCOUNTS, "contracts/c.csv": CONTRACTS, "fx_rates/r.csv": RATES}
    return build_warehouse(files, AS_OF, GRACE)


def half_away(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))  # amounts are positive


def rate(currency: str, day: datetime.date) -> Fraction:
    """Yen per minor unit of the currency on a day."""
    known = [line.split(",") for line in RATES.splitlines()[1:] if line.startswith(currency)]
    [newest] = [value for _, since, value in known if since <= str(day)][-1:]
    return Fraction(newest) / {"USD": 100, "KWD": 1000}[currency]


def month_ends() -> list[datetime.date]:
    return [datetime.date(2024, month + 1, 1) - datetime.timedelta(1) for month in range(1, 7)]


def by_hand(day: datetime.date) -> dict[str, int]:
    """MRR in yen per account on a month end: every line rounded once, after tax and currency."""
    lines = {
        "yen": [Fraction(1_000_001, 12), Fraction(1099 * 100, 110), Fraction(700 if day.month >= 4 else 500)],
        "dollar": [Fraction(100_001, 12) * rate("USD", day)] + [9_999 * rate("USD", day)] * (day.month < 5),
        "dinar": [Fraction(1_000_001, 12) * rate("KWD", day)] if day.month >= 2 else [],
        "new": [Fraction(10_000)] * (day.month < 5),
        "sister": [Fraction(10_000)] * (day.month >= 5),
    }
    return {account: sum(map(half_away, parts)) for account, parts in lines.items() if parts}


def test_every_account_is_right_to_the_yen_in_every_month(company: Warehouse) -> None:
    ours = company.rows(
        """select last_day(month), account_id, mrr from marts.mart_account_360
           where mrr > 0 and last_day(month) = as_of_date order by all"""
    )
    theirs = [(day, account, mrr) for day in month_ends() for account, mrr in sorted(by_hand(day).items())]
    assert ours == theirs
    assert by_hand(month_ends()[0])["dollar"] == 12_279 + 14_734  # 83.334 and 99.99 dollars at 147.35


def test_a_merged_account_has_neither_revenue_nor_churn_of_its_own(company: Warehouse) -> None:
    moved = company.rows("select account_id, month::varchar, movement_type from marts.fct_mrr_movement")
    assert {row for row in moved if row[0] in ("old", "new", "sister")} == {
        ("new", "2024-01-01", "new"),
        ("new", "2024-05-01", "churn"),
        ("sister", "2024-05-01", "new"),
    }
    assert company.rows("select merged_into_account_id, mrr from marts.dim_account where account_id = 'old'") == [
        ("new", 0)
    ]


def test_exchange_rates_are_a_movement_of_their_own_and_movements_are_at_this_months_rates(company: Warehouse) -> None:
    january, february, _, april, may, june = month_ends()
    total, extra = Fraction(100_001, 12), 9_999

    def at(day: datetime.date, *amounts: Fraction | int) -> int:
        return sum(half_away(amount * rate("USD", day)) for amount in amounts)

    opening, at_new_rate = at(february, total, extra), at(april, total, extra)
    moved = company.rows(
        """select month::varchar, movement_type, opening_mrr, delta_mrr, closing_mrr from marts.fct_mrr_movement
           where account_id = 'dollar' order by all"""
    )
    assert moved == [
        ("2024-01-01", "new", 0, opening, opening),
        ("2024-04-01", "fx", opening, at_new_rate - opening, at_new_rate),
        ("2024-05-01", "contraction", at_new_rate, -at(may, extra), at(june, total)),
    ]
    assert rate("USD", january) == rate("USD", february) < rate("USD", april) == rate("USD", june)
    [in_all] = company.rows("select sum(fx_mrr), sum(fx_accounts) from marts.mart_mrr_waterfall")
    dinars = half_away(Fraction(1_000_001, 12) * rate("KWD", may)) - half_away(
        Fraction(1_000_001, 12) * rate("KWD", april)
    )
    assert in_all == (at_new_rate - opening + dinars, 2)


def test_a_contract_that_moves_inside_a_group_is_no_movement_of_the_group(company: Warehouse) -> None:
    moved = company.rows(
        """select month::varchar, movement_type, delta_mrr from marts.fct_parent_mrr_movement
           where group_account_id = 'holding'"""
    )
    assert moved == [("2024-01-01", "new", 10_000)]


def test_a_discount_that_ends_is_the_reason_of_the_upsell(company: Warehouse) -> None:
    reasons = company.rows(
        """select month::varchar, product_id, movement_type, delta_mrr, discount_mrr, price_mrr, other_mrr
           from marts.fct_product_mrr_movement where account_id = 'yen' and month > '2024-01-01'"""
    )
    assert reasons == [("2024-04-01", "extra", "upsell", 200, 200, 0, 0)]


def test_what_rounding_leaves_of_a_total_stands_beside_it(company: Warehouse) -> None:
    with duckdb.connect(str(company.data_dir.warehouse), read_only=True) as connection:
        lines = connection.execute(
            """select contract_id, mrr, arr, rounding_minor from intermediate.int_contract_lines
               where contract_id in ('y1', 'd1', 'k1') order by all"""
        ).fetchall()
    assert lines == [("d1", 8_333, 100_001, 5), ("k1", 83_333, 1_000_001, 5), ("y1", 83_333, 1_000_001, 5)]


def test_a_currency_without_a_rate_stops_the_run_and_says_so(tmp_path) -> None:
    late = RATES.replace("KWD,2024-01-31", "KWD,2024-02-02")
    write_landing(tmp_path, {"accounts/a.csv": ACCOUNTS, "contracts/c.csv": CONTRACTS, "fx_rates/r.csv": late})
    stopped = build(tmp_path, AS_OF, GRACE)
    said = " ".join((stopped.result.stdout + stopped.result.stderr).split())
    assert stopped.result.returncode == 1
    assert "other_currencies_have_rates on raw.contracts" in said and "JPY, KWD" in said
    assert not stopped.data_dir.published.exists()
    assert Decimal(RATES.splitlines()[3].split(",")[2]) == Decimal("157.8123456789")  # ten decimals, kept exactly
