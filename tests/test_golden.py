"""The numbers somebody worked out by hand: every movement, every closing, every rate, and what each month showed on its
own last day. The fixture stands in ../shared/golden; without it these tests are skipped by its fixture."""

import csv
import datetime
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import SHARED, Warehouse

GOLDEN = SHARED / "golden"
MONTHS = [f"{year}-{month:02}-01" for year in (2024, 2025) for month in range(1, 13)][:18]


def expected(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_movement_of_the_golden_fixture_and_no_other(golden_warehouse: Warehouse) -> None:
    movements = golden_warehouse.rows(
        "select account_id, month::varchar, movement_type, delta_mrr from marts.fct_mrr_movement"
    )
    worked_out = {
        (row["account_id"], row["month"], row["movement_type"], int(row["delta"]))
        for row in expected("expected_movements.csv")
    }
    assert len(movements) == 19
    assert set(movements) == worked_out


def test_every_closing_of_the_golden_fixture(golden_warehouse: Warehouse) -> None:
    closings = golden_warehouse.rows("select month::varchar, closing_mrr from marts.mart_mrr_waterfall")
    assert set(closings) == {(row["month"], int(row["closing_mrr"])) for row in expected("expected_closing_mrr.csv")}


def test_retention_rates_of_the_golden_fixture(golden_warehouse: Warehouse) -> None:
    """Every definition: the same customers, and what the movements add up to without and with those who came back."""
    query = """select accounts, opening_mrr, closing_mrr, round(nrr, 4), round(grr, 4), round(logo_retention, 4)
               from marts.mart_retention
               where period_end_date = last_day(date '{month}') and horizon_months = 12 and scope_type = 'all'
                   and definition = '{definition}'"""
    for row in expected("expected_retention_12m.csv"):
        rates = {key: float(value) for key, value in row.items() if key not in ("month", "n", "opening", "closing")}
        base = (int(row["n"]), int(row["opening"]))
        [same_customers] = golden_warehouse.rows(query.format(month=row["month"], definition="cohort_p2p"))
        assert same_customers == (*base, int(row["closing"]), rates["nrr_p2p"], rates["grr_p2p"], rates["logo"])
        for definition, nrr in (
            ("waterfall", rates["nrr_waterfall"]),
            ("with_reactivation", rates["nrr_waterfall_with_reactivation"]),
        ):
            [found] = golden_warehouse.rows(query.format(month=row["month"], definition=definition))
            assert (*found[:2], *found[3:]) == (*base, nrr, rates["grr_waterfall"], None)


def test_renewals_due_and_the_bridges_between_the_definitions(golden_warehouse: Warehouse) -> None:
    """The twelve months to 2025-01-31, as docs/nrr_definitions.md tells them."""
    assert golden_warehouse.rows(
        """select opening_mrr, retained_mrr, expansion_mrr, churn_mrr, round(grr, 4), round(nrr, 4)
           from marts.mart_retention where definition = 'renewals_due' and period_end_date = date '2025-01-31'
               and horizon_months = 12 and scope_type = 'all'"""
    ) == [(460_000, 360_000, 7_000, -100_000, 0.7826, 0.7978)]
    steps = golden_warehouse.rows(
        """select definition, step, change_mrr, round(100 * rate, 1) from marts.mart_nrr_reconciliation
           where period_end_date = date '2025-01-31' and horizon_months = 12 order by definition, step_number"""
    )
    waterfall = [("later_customers", -10_000, -2.4), ("returned_in_cohort", -50_000, -11.9), ("exchange_rates", 0, 0.0)]
    assert steps == [
        (definition, *step)
        for definition, differences, end in (
            (
                "renewals_due",
                [
                    ("without_renewal", 0, 0.0),
                    ("between_renewals", -73_000, -17.4),
                    ("outside_cohort", -10_000, -2.4),
                    ("other_base", 0, 1.9),
                ],
                (-93_000, 79.8),
            ),
            ("waterfall", waterfall, (-70_000, 83.3)),
            ("with_reactivation", [*waterfall, ("reactivation", 50_000, 11.9)], (-20_000, 95.2)),
        )
        for step in [("cohort_p2p", -10_000, 97.6), *differences, ("residual", 0, 0.0), (definition, *end)]
    ]


def test_nothing_is_left_over_between_the_definitions(golden_warehouse: Warehouse, sample_warehouse: Warehouse) -> None:
    for warehouse in (golden_warehouse, sample_warehouse):
        assert warehouse.rows(
            """select definition, min(change_mrr), max(change_mrr), coalesce(max(abs(rate)), 0) < 1e-8
               from marts.mart_nrr_reconciliation where step = 'residual' group by 1 order by 1"""
        ) == [(definition, 0, 0, True) for definition in ("renewals_due", "waterfall", "with_reactivation")]


def test_each_as_of_date_shows_what_was_published_that_day(golden_warehouse: Warehouse) -> None:
    history = golden_warehouse.rows("select as_of_date, mrr from marts.mart_expected_nrr where scope_type = 'all'")
    for row in expected("expected_published_as_of_own_month_end.csv"):
        month = datetime.date.fromisoformat(row["month"])
        month_end = (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
        assert (month_end, int(row["mrr_published"])) in history


@pytest.fixture(scope="module")
def compiled(
    golden_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[tuple[str, str]]]:
    """A copy of the golden warehouse, and the SQL dbt compiled for the waterfall and all it is built from, in order."""
    nodes = json.loads((golden_warehouse.data_dir.target / "manifest.json").read_text())["nodes"]
    steps: dict[str, str] = {}

    def add(unique_id: str) -> None:
        node = nodes.get(unique_id)
        if node is None or node["resource_type"] != "model" or node["schema"] == "staging" or unique_id in steps:
            return
        for parent in node["depends_on"]["nodes"]:
            add(parent)
        path = golden_warehouse.data_dir.target / "compiled" / node["package_name"] / node["original_file_path"]
        steps[unique_id] = f"create or replace table {node['schema']}.{node['name']} as {path.read_text()}"

    add("model.customer_success.mart_mrr_waterfall")
    copy = tmp_path_factory.mktemp("golden") / "warehouse.duckdb"
    shutil.copyfile(golden_warehouse.data_dir.warehouse, copy)
    return copy, list(steps.items())


@pytest.mark.parametrize("month", MONTHS)
def test_a_run_on_a_months_own_last_day_shows_confirmed_and_in_grace(compiled, month: str) -> None:
    copy, steps = compiled
    shown = next(row for row in expected("expected_published_as_of_own_month_end.csv") if row["month"] == month)
    with duckdb.connect(str(copy)) as connection:
        month_end = connection.execute("select last_day(cast(? as date))", [month]).fetchone()[0]
        for _, sql in steps:
            connection.execute(sql.replace("cast('2025-06-30' as date)", f"cast('{month_end}' as date)"))
        last_row = connection.execute(
            """select month::varchar, mrr_confirmed, mrr_in_grace, closing_mrr
               from marts.mart_mrr_waterfall order by month desc limit 1"""
        ).fetchone()
    assert last_row == (month, *(int(shown[key]) for key in ("mrr_confirmed", "mrr_in_grace", "mrr_published")))
