"""The numbers somebody worked out by hand: every movement, every closing, every rate, and what each month showed on its
own last day. The fixture stands in ../shared/golden; without it these tests are skipped by its fixture."""

import calendar
import csv
import datetime

import pytest
from conftest import SHARED, Warehouse
from model_chain import ModelChain, landed

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


def test_renewals_due_in_twelve_months_of_the_golden_fixture(golden_warehouse: Warehouse) -> None:
    (due, renewed, uplift, lost, still_open) = golden_warehouse.rows(
        """select sum(due_mrr), sum(renewed_mrr), sum(uplift_mrr), sum(lost_mrr), sum(open_mrr)
           from marts.mart_renewals
           where scope_type = 'all' and due_month between date '2024-02-01' and date '2025-01-01'"""
    )[0]
    assert (due, renewed, uplift, lost, still_open) == (460_000, 360_000, 7_000, 100_000, 0)
    assert (round(renewed / due, 4), round((renewed + uplift) / due, 4)) == (0.7826, 0.7978)
    january = golden_warehouse.rows(
        """select due_renewals, late_renewals, late_mrr, gross_renewal_rate, round(net_renewal_rate, 4), is_final
           from marts.mart_renewals where scope_type = 'all' and due_month = date '2025-01-01'"""
    )
    assert january == [(4, 2, 110_000, 1.0, 1.0194, True)]  # A5 and A6 came late, A6 for 7,000 more


def test_the_calendar_of_the_golden_fixture_holds_every_line_that_ends_within_a_year(
    golden_warehouse: Warehouse,
) -> None:
    calendar = golden_warehouse.rows("select account_id, due_date::varchar, mrr from marts.mart_renewal_calendar")
    assert set(calendar) == {
        ("A1", "2026-01-01", 100_000),
        ("A2", "2026-01-15", 150_000),
        ("A3", "2026-02-01", 50_000),
        ("A5", "2026-01-26", 40_000),
        ("A6", "2026-02-15", 77_000),
        ("A7", "2026-01-01", 50_000),
        ("B2", "2026-02-01", 50_000),
    }


def test_duration_and_lifetime_value_of_the_golden_fixture(golden_warehouse: Warehouse) -> None:
    """Of eleven one left after 15 days, one after 182, and one was last seen then: ten are at risk up to month 5, eight
    in month 6. So the duration is 1 + 4 x 10/11 months, to the horizon of 5; the price is 717,000 / 8 yen."""
    [row] = golden_warehouse.rows(
        """select horizon_months, mean_duration_months, survival_at_horizon, arpa, ltv, ltv_by_churn, ltv_to_date
           from marts.mart_ltv_segment where scope_type = 'all'"""
    )
    held = sum(int(row["closing_mrr"]) for row in expected("expected_closing_mrr.csv"))
    # 3 of the 105 account-months of May 2024 to April 2025, the last final one, ended in churn.
    assert row == (5, round(1 + 40 / 11, 9), round(10 / 11, 9), 89_625, 415_534, round(89_625 * 105 / 3), held)


def test_churn_of_the_golden_fixture_among_those_who_could_leave(golden_warehouse: Warehouse) -> None:
    """Only these terms ended; A7's year and B1's three years run on."""
    rows = golden_warehouse.rows(
        """select month::varchar, opening_accounts, churned_accounts, could_churn_accounts, could_churn_churned_accounts
           from marts.mart_churn_rate where scope_type = 'all' and (churned_accounts > 0 or could_churn_accounts > 0)
           order by month"""
    )
    assert rows == [
        ("2024-07-01", 9, 1, 1, 1),  # A7
        ("2025-01-01", 9, 0, 4, 0),  # A1, A2 with its co-termed seats, A5 and A6, both late
        ("2025-02-01", 10, 0, 2, 0),  # A3, and B2's three months
        ("2025-03-01", 10, 1, 1, 1),  # A4
        ("2025-04-01", 9, 1, 1, 1),  # A8
    ]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), ["marts.mart_mrr_waterfall"])


@pytest.mark.parametrize("month", MONTHS)
def test_a_run_on_a_months_own_last_day_shows_confirmed_and_in_grace(
    golden_warehouse: Warehouse, chain: ModelChain, month: str
) -> None:
    shown = next(row for row in expected("expected_published_as_of_own_month_end.csv") if row["month"] == month)
    year, number = map(int, month.split("-")[:2])
    month_end = datetime.date(year, number, calendar.monthrange(year, number)[1])
    grace = {"renewal_grace_days": 60, "renewal_grace_days_short_term": 60}  # --set of the first alone sets both
    chain.run(landed(golden_warehouse.data_dir.warehouse, "accounts", "contracts"), month_end, grace)
    [last_row] = chain.query(
        """select month::varchar, mrr_confirmed, mrr_in_grace, closing_mrr
           from marts.mart_mrr_waterfall order by month desc limit 1"""
    )
    assert last_row == (month, *(int(shown[key]) for key in ("mrr_confirmed", "mrr_in_grace", "mrr_published")))
