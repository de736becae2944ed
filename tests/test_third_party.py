"""The numbers other people's code computed from the same rows. Inputs are copied from ../shared/data into a temporary
landing, unedited; their headers come in through the declared aliases."""

import csv
import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import SHARED, Warehouse, build, csw

DATA = SHARED / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"third-party data are not there: {DATA}")


def expected(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def month_end(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """fightchurn_crm as of 2023-11-30: no grace, and the survival policies of the file it is compared with."""
    folder = DATA / "fightchurn_crm"
    files = {
        "accounts/accounts.csv": folder / "accounts.csv",
        "contracts/contracts.csv": folder / "contracts.csv",
        "logins/login_events_user_day.parquet": folder / "login_events_user_day.parquet",
        "surveys/surveys_nps_composite.csv": folder / "surveys_nps_composite.csv",
    }
    policies = {"renewal_grace_days": 0, "survival_spells": "joined", "survival_censor": "as_of"}
    return build_warehouse(files, datetime.date(2023, 11, 30), policies)


def in_progress(warehouse: Warehouse, query: str) -> list[tuple]:
    """Rows of a query on the file being built, for what is not published."""
    with duckdb.connect(str(warehouse.data_dir.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


@needs_data
def test_monthly_movements_of_fightchurn_to_the_cent(month_end: Warehouse) -> None:
    columns = ["opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"]
    amounts = ", ".join(f"{column}_mrr" for column in columns)
    counts = ", ".join(f"{column}_accounts" for column in columns)
    ours = {
        str(row[0]): row[1:]
        for row in month_end.rows(f"select month_end_date, {amounts}, {counts} from marts.mart_mrr_waterfall")
    }
    theirs = {}
    for row in expected("fightchurn_crm/expected_movements_monthly_asof_month_end.csv"):
        sign = {"contraction": -1, "churn": -1}
        keys = ["start_mrr", "new", "reactivation", "expansion", "contraction", "churn", "end_mrr"]
        numbers = ["n_start", "n_new", "n_reactivation", "n_expansion", "n_contraction", "n_churn", "n_end"]
        theirs[row["as_of"]] = (
            *(round(float(row[key]) * 100) * sign.get(key, 1) for key in keys),
            *(int(row[key]) for key in numbers),
        )
    assert len(theirs) == 23
    assert ours == theirs


@needs_data
def test_activity_of_fightchurn(month_end: Warehouse) -> None:
    usage = in_progress(
        month_end,
        """select account_id, last_login_date::varchar, user_days, active_users, active_days
           from intermediate.int_account_usage where as_of_date = date '2023-11-30' and window_days = 30""",
    )
    theirs = {
        (
            row["account_id"],
            row["last_login"],
            int(row["user_days_30"]),
            int(row["users_30"]),
            int(row["active_days_30"]),
        )
        for row in expected("fightchurn_crm/expected_account_activity_asof_2023-11-30.csv")
    }
    assert len(theirs) == 716
    assert set(usage) == theirs


@needs_data
def test_cohort_retention_of_fightchurn(month_end: Warehouse) -> None:
    ours = {
        (str(cohort)[:7], months): (start, value, retention)
        for cohort, months, start, value, retention in month_end.rows(
            """select cohort_month, months_since_start, start_value, value, retention
               from marts.mart_cohort_churn where measure = 'logo' and scope_type = 'all' and is_observable"""
        )
    }
    theirs = expected("fightchurn_crm/expected_cohort_retention_asof_month_end.csv")
    assert len(ours) == len(theirs) == 276
    for row in theirs:
        start, value, retention = ours[row["cohort_month"], int(row["month_index"])]
        assert (start, value) == (int(row["cohort_size"]), int(row["active"]))
        assert retention == pytest.approx(float(row["retention"]), abs=1e-9)


@needs_data
def test_survival_of_fightchurn_equals_lifelines(month_end: Warehouse) -> None:
    curve = month_end.rows(
        "select duration_months, survival from marts.mart_survival where scope_type = 'all' order by duration_days"
    )
    for row in expected("fightchurn_crm/expected_km_lifelines_asof_2023-11-30.csv"):
        survival = next((share for months, share in reversed(curve) if months <= float(row["month"])), 1.0)
        assert survival == pytest.approx(float(row["km_survival"]), abs=1e-6)


@needs_data
def test_twelve_months_to_2023_12_01_of_fightchurn(month_end: Warehouse, tmp_path: Path) -> None:
    """The next day's run in a copy of the data directory: the increment, and the same day a year before."""
    shutil.copytree(month_end.data_dir.root, tmp_path / "data")
    policies = {"renewal_grace_days": 0, "survival_spells": "joined", "survival_censor": "as_of"}
    next_day = build(tmp_path / "data", datetime.date(2023, 12, 1), policies)
    assert next_day.result.returncode == 0, next_day.result.stdout + next_day.result.stderr
    [row] = next_day.rows(
        """select round(nrr, 6), round(grr, 6), accounts, accounts - retained_accounts from marts.mart_retention
           where definition = 'cohort_p2p' and period_end_date = date '2023-12-01' and horizon_months = 12
               and scope_type = 'all'"""
    )
    assert row == (0.827502, 0.780597, 345, 74)
    assert next_day.rows("select sum(mrr), min(currency) from marts.dim_account") == [(62_723_100, "USD")]


@needs_data
def test_nps_of_san_francisco_airport(build_warehouse: Callable[..., Warehouse]) -> None:
    folder = DATA / "sfo_nps_2017"
    rows = expected("sfo_nps_2017/surveys.csv")
    airlines = sorted({row["account_id"] for row in rows})
    accounts = "account_id,account_name\n" + "".join(f'"{name}","{name}"\n' for name in airlines)
    contracts = "contract_id,account_id,product_id,start_date,end_date,monthly_amount,currency\n" + "".join(
        f'"c {name}","{name}",terminal,2017-01-01,2018-01-01,1,USD\n' for name in airlines
    )
    warehouse = build_warehouse(
        {"accounts/a.csv": accounts, "contracts/c.csv": contracts, "surveys/surveys.csv": folder / "surveys.csv"},
        datetime.date(2017, 12, 31),
    )
    overall = json.loads((folder / "expected_overall.json").read_text())["overall"]
    [(n, nps, low, high)] = warehouse.rows(
        "select responses, nps, nps_low, nps_high from marts.mart_nps where period_type = 'all' and scope_type = 'all'"
    )
    assert n == overall["n"] == 2746
    assert (nps, low, high) == pytest.approx((overall["nps"], overall["ci95_low"], overall["ci95_high"]), abs=0.005)
    assert warehouse.rows("select count(*) from quality.quarantine where source = 'surveys'") == [(85,)]
    # No logins: scores and levels say so, and revenue is there.
    assert warehouse.rows("select distinct band from marts.fct_health_score") == [("no_data",)]
    assert warehouse.rows("select distinct success_level, null_reason from marts.fct_success_level") == [
        (None, "no_logins_yet")
    ]
    assert csw("quarantine", "--data-dir", warehouse.data_dir.root).returncode == 0
