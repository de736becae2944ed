"""The catalogue of the indicators and what people decide about them: the seeds fit together, a profile says what
counts, and another seed, not other SQL, moves a product from one profile to another."""

import csv
import datetime
from pathlib import Path

import duckdb
import pytest
from declared_rows import delivered_columns, good_value
from model_chain import ModelChain

from orchestration.kpis import PAGE, catalog, page
from orchestration.sources import declarations

ROOT = Path(__file__).resolve().parents[1]
DAY = datetime.date.fromisoformat
BUILT = (
    "marts.mart_kpi_priority",
    "marts.mart_account_kpi",
    "intermediate.int_account_phases",
    "intermediate.int_source_coverage",
)
# Seed -> its column with the indicator.
READ_BY_CUSTOMER = {
    "success_level_conditions": "metric_key",
    "health_profiles": "metric_key",
    "phases": "metric_key",
    "funnel_stages": "kpi_key",
    "kpi_priorities": "kpi_key",
    "profile_kpis": "kpi_key",
}
YEAR_ENDS, YEAR_BEGINS = DAY("2025-03-31"), DAY("2025-04-01")


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_page_of_the_indicators_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(catalog())


def test_the_catalogue_names_the_sources_that_its_indicators_need() -> None:
    needed: dict[str, set[str]] = {}
    for row in seed("kpi_sources"):
        needed.setdefault(row["kpi_key"], set()).add(row["source_name"])
    assert {row["kpi_key"]: set(row["source"].split("|")) for row in catalog()} == needed


def test_what_an_indicator_needs_is_a_declared_column() -> None:
    sources = declarations()
    assert not [row for row in seed("kpi_sources") if row["column_name"] not in sources[row["source_name"]].columns]


@pytest.mark.parametrize("name", READ_BY_CUSTOMER)
def test_what_rules_about_customers_read_is_measured_for_customers(name: str) -> None:
    measured = {row["kpi_key"] for row in catalog() if row["grain"] in ("product", "account")}
    read = {row[READ_BY_CUSTOMER[name]] for row in seed(name)}
    assert read and read <= measured


# One customer for each profile since 2024-06-01, for a year, and four seats each. `one` logs in every Sunday, `two` on
# the last day of the fiscal year 2024 and `three` on the first of 2025, with both products.
def line(account_id: str, product_id: str) -> dict:
    return {
        **{"contract_id": account_id, "account_id": account_id, "product_id": product_id, "currency": "JPY"},
        **{"start_date": DAY("2024-06-01"), "end_date_exclusive": DAY("2025-06-01"), "monthly_amount": 100},
        **{"term_months": 12, "quantity": 4, "tax_included": False, "end_date_meaning": "committed_term"},
    }


def login(account_id: str, product_id: str, user_id: str, day: datetime.date) -> dict:
    return {
        **{"account_id": account_id, "product_id": product_id, "user_id": user_id, "login_date": day},
        **{"event_id": f"{account_id} {user_id} {day}", "event_count": 1},
    }


def delivered(rows: list[dict]) -> list[dict]:
    return [{**row, "_delivery": "1", "_source_file": "rows.csv", "_row_number": i} for i, row in enumerate(rows)]


CUSTOMERS = (("tools", "p"), ("infra", "q"))
SUNDAYS = [DAY("2024-06-02") + datetime.timedelta(weeks=week) for week in range(44)]
ROWS = {
    "accounts": [{"account_id": account_id} for account_id, _ in CUSTOMERS],
    "contracts": [line(*customer) for customer in CUSTOMERS],
    "logins": [
        login(*customer, user_id, day)
        for customer in CUSTOMERS
        for user_id, day in [*(("one", day) for day in SUNDAYS), ("two", YEAR_ENDS), ("three", YEAR_BEGINS)]
    ],
}
SEEDS = {
    "product_profiles": """('p', 'tool-like', date '2000-01-01', null),
        ('q', 'infrastructure-like', date '2000-01-01', null)""",
    "kpi_priorities": """(2024, 'tool-like', 'seat_utilisation', 3), (2024, 'tool-like', 'logins_per_week', 1),
        (2025, 'tool-like', 'seat_utilisation', 1), (2024, 'infrastructure-like', 'seat_utilisation', 1),
        (2025, 'infrastructure-like', 'seat_utilisation', 1), (2024, 'nobodys', 'seat_utilisation', 1),
        (2024, 'nobodys', 'active_days_28d', 1)""",
    "phases": """('default', 'renewal', 1, 'months_to_renewal', null, 4, null, null, 'R', 'R'),
        ('default', 'other', 2, 'tenure_months', 0, null, null, null, 'O', 'O'),
        ('infrastructure-like', 'set_up', 1, 'tenure_months', null, 3, null, null, 'S', 'S'),
        ('infrastructure-like', 'running', 2, 'tenure_months', 3, null, null, null, 'X', 'X')""",
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), BUILT)


@pytest.fixture
def chain(compiled: ModelChain) -> ModelChain:
    for name, rows in SEEDS.items():
        decide(compiled, name, rows)
    return compiled


def decide(chain: ModelChain, name: str, rows: str) -> None:
    """The rows of a seed, as SQL."""
    chain.query(f"delete from reference.{name}")
    chain.query(f"insert into reference.{name} values {rows}")


def built(chain: ModelChain, as_of: datetime.date) -> ModelChain:
    chain.run({source: delivered(rows) for source, rows in ROWS.items()}, as_of, {"daily_history_days": 1})
    return chain


def priorities(chain: ModelChain, columns: str) -> dict[tuple, tuple]:
    rows = chain.query(f"select fiscal_year, product_profile, kpi_key, {columns} from marts.mart_kpi_priority")
    return {(year, profile, key): tuple(values) for year, profile, key, *values in rows}


def test_every_column_that_an_indicator_needs_is_looked_for(compiled: ModelChain) -> None:
    sources = declarations()
    needed = {(row["source_name"], row["column_name"]) for row in seed("kpi_sources")}
    rows = {
        name: delivered([{column.name: good_value(column, 0) for column in delivered_columns(sources[name])}])
        for name in {source for source, _ in needed}
    }
    rows["accounts"] = delivered([{"account_id": "a1"}])
    compiled.run(rows, DAY("2024-06-30"))
    looked_for = "select source_name, column_name from intermediate.int_source_coverage where account_id = 'a1'"
    assert set(compiled.query(looked_for)) == needed
    # Ingestion takes no row without a required column; the others come empty now.
    optional = {(source, column) for source, column in needed if not sources[source].columns[column].required}
    emptied = {
        name: [{**row, **{column: None for source, column in optional if source == name}} for row in file]
        for name, file in rows.items()
    }
    compiled.run(emptied, DAY("2024-06-30"))
    assert optional and set(compiled.query(looked_for)) == needed - optional


def test_on_the_last_day_of_a_fiscal_year_it_still_runs_and_the_next_has_not_begun(chain: ModelChain) -> None:
    found = priorities(built(chain, YEAR_ENDS), "opening_date, opening_value, reading_date, reading_value, null_reason")
    # one and two of four seats; a customer since June has no value at the opening
    assert found[2024, "tool-like", "seat_utilisation"] == (DAY("2024-03-31"), None, YEAR_ENDS, 0.5, None)
    assert found[2025, "tool-like", "seat_utilisation"] == (YEAR_ENDS, 0.5, None, None, "year_has_not_begun")
    assert found[2024, "nobodys", "seat_utilisation"][3:] == (None, "no_product_of_the_profile")


def test_on_the_first_day_of_a_fiscal_year_the_one_before_is_read_on_its_last(chain: ModelChain) -> None:
    found = priorities(
        built(chain, YEAR_BEGINS), "year_start_date, year_end_date_exclusive, reading_date, reading_value, change"
    )
    # three of four seats on the first day, two on the day before
    assert found[2024, "tool-like", "seat_utilisation"] == (
        *(DAY("2024-04-01"), YEAR_BEGINS, YEAR_ENDS),
        *(0.5, None),
    )
    assert found[2025, "tool-like", "seat_utilisation"] == (
        *(YEAR_BEGINS, DAY("2026-04-01"), YEAR_BEGINS),
        *(0.75, 0.25),
    )


def test_weights_are_shares_of_year_and_profile_and_ties_go_by_name(chain: ModelChain) -> None:
    found = priorities(built(chain, YEAR_ENDS), "weight_share, priority")
    assert found[2024, "tool-like", "seat_utilisation"] == (0.75, 1)
    assert found[2024, "tool-like", "logins_per_week"] == (0.25, 2)
    assert found[2024, "nobodys", "active_days_28d"] == (0.5, 1)
    assert found[2024, "nobodys", "seat_utilisation"] == (0.5, 2)


def test_a_product_that_changes_its_profile_is_read_for_each_in_its_time(chain: ModelChain) -> None:
    """From the first day of fiscal year 2025 on, p counts as infrastructure: a row of the seed ends, another begins."""
    decide(
        chain,
        "product_profiles",
        f"('p', 'tool-like', date '2000-01-01', date '{YEAR_BEGINS}'), "
        f"('p', 'infrastructure-like', date '{YEAR_BEGINS}', null)",
    )
    shown = """select product_profile, is_shown from marts.mart_account_kpi
        where account_id = 'tools' and product_id = 'p' and kpi_key = 'logins_per_week'"""
    before = built(chain, YEAR_ENDS)
    assert before.query(shown) == [("tool-like", True)]
    columns = "opening_value, reading_value, null_reason"
    found = priorities(before, columns)
    assert found[2024, "tool-like", "seat_utilisation"] == (None, 0.5, None)
    assert found[2024, "infrastructure-like", "seat_utilisation"] == (None, None, "no_product_of_the_profile")
    after = built(chain, YEAR_BEGINS)
    assert after.query(shown) == [("infrastructure-like", False)]
    found = priorities(after, columns)
    assert found[2024, "tool-like", "seat_utilisation"] == (None, 0.5, None)
    assert found[2025, "tool-like", "seat_utilisation"] == (0.5, None, "no_product_of_the_profile")
    assert found[2025, "infrastructure-like", "seat_utilisation"] == (None, 0.75, None)


def test_a_profile_has_its_own_phases_and_only_those(chain: ModelChain) -> None:
    phases = built(chain, YEAR_ENDS).query(
        """select account_id, list(distinct phase order by phase), max_by(phase, as_of_date)
        from intermediate.int_account_phases group by 1"""
    )
    # both contracts end in two months; tool-like has no phases of its own
    assert set(map(str, phases)) == {
        str(("tools", ["other", "renewal"], "renewal")),
        str(("infra", ["running", "set_up"], "running")),
    }


def test_who_enters_a_stage_has_passed_the_one_before(sample: duckdb.DuckDBPyConnection) -> None:
    stages = sample.sql(
        """select entered, lag(passed) over (partition by scope_type, scope_value order by position) as passed_before,
            entered_mrr, lag(passed_mrr) over (partition by scope_type, scope_value order by position)
        from marts.mart_funnel"""
    ).fetchall()
    assert [stage for stage in stages if stage[1] is not None and (stage[0], stage[2]) != (stage[1], stage[3])] == []
    assert sum(stage[1] is not None for stage in stages) > 4


def test_a_company_of_a_year_and_a_half_has_something_to_measure_for_every_indicator(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    rows = sample.sql(
        "select kpi_key, null_reason from marts.fct_kpi where as_of_date = '2025-06-30' and scope_type = 'all'"
    ).fetchall()
    assert {key for key, _ in rows} == {row["kpi_key"] for row in catalog()}
    # Nobody of so small a company has written a review, and what an hour of customer success costs nobody has said.
    assert {key: reason for key, reason in rows if reason} == {
        "advocacy_records_12m": "no_reviews_yet",
        "expansion_per_cs_cost": "no_cost_of_cs_given",
    }
