"""The same rows give the same marts, however and whenever they arrived: all at once, day by day, late, corrected."""

import datetime
import itertools
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse, build, write_landing

pytestmark = pytest.mark.slow

FIRST_DAY = datetime.date(2025, 3, 29)
SECOND_DAY = datetime.date(2025, 3, 30)
THIRD_DAY = datetime.date(2025, 3, 31)
FOURTH_DAY = datetime.date(2025, 4, 1)

TWO_ACCOUNTS = "account_id,account_name,segment\na,Alpha,smb\nb,Beta,enterprise\n"
THREE_ACCOUNTS = TWO_ACCOUNTS + "c,Gamma,smb\n"
CONTRACTS = """contract_id,account_id,product_id,start_date,end_date,monthly_amount,quantity
a1,a,core,2023-01-01,2024-01-01,1000,3
a2,a,core,2024-01-20,2025-01-20,1200,3
a3,a,core,2025-02-10,2026-02-10,1100,3
b1,b,core,2023-11-15,2024-11-15,5000,8
b2,b,core,2024-11-15,2025-11-15,6000,8
b3,b,addon,2024-02-01,2025-02-01,700,2
c1,c,core,2024-05-01,2025-03-15,900,2
"""
# From month to month.
FIFTHS = [f"{year}-{month:02}-05" for year, months in ((2024, (10, 11, 12)), (2025, range(1, 7))) for month in months]
CONTRACTS += "".join(f"m {start},b,tool,{start},{end},100,1\n" for start, end in itertools.pairwise(FIFTHS))
MORE_CONTRACTS = CONTRACTS + "c2,c,core,2025-03-30,2026-03-30,950,2\n"
LOGINS = "account_id,user_id,login_date,event_count\n" + "".join(
    f"{account},{user},2025-{month:02}-{day:02},{day % 5 + 1}\n"
    for account, users in (("a", 3), ("b", 5), ("c", 1))
    for user in range(users)
    for month in (1, 2, 3)
    for day in range(1 + user, 28, 2 + user)
)
NEWER_LOGINS = "account_id,user_id,login_date,event_count\na,0,2025-03-28,4\na,9,2025-03-29,1\nb,0,2025-03-29,2\n"
# The correction takes back everything of the 29th.
CORRECTED_LOGINS = "account_id,user_id,login_date,event_count\na,0,2025-03-28,4\n"
LATE_LOGINS = "account_id,user_id,login_date,event_count\nb,7,2025-02-14,3\nc,0,2025-03-02,8\n"
SURVEYS = "response_id,account_id,user_id,responded_at,score\nr1,a,0,2025-02-03,9\nr2,b,1,2025-03-05,4\n"
NEWER_SURVEYS = "response_id,account_id,user_id,responded_at,score\nr2,b,1,2025-03-06,7\nr3,c,0,2025-03-29,10\n"
USERS = "account_id,user_id,product_id,issued_date,deactivated_date\n"
USERS += "".join(f"{account},{user},core,2025-0{1 + user}-10,\n" for account in "abc" for user in range(3))
CONTENTS = """content_id,product_id,topic,available_from_date,available_to_date,is_basic
x,core,one,2025-01-01,,1
y,,two,,2025-12-31,0
"""
USAGE = "account_id,user_id,occurred_date,content_id,event_count\n" + "".join(
    f"{account},{user},2025-{month:02}-{day:02},{'xy'[user % 2]},{1 + day % 3}\n"
    for account in "ab" for user in range(3) for month in (1, 2, 3) for day in range(1 + user, 28, 4)
)  # fmt: skip
TASKS = """account_id,product_id,task_key,planned_date,started_date,completed_date,done_by
a,core,plan,2025-02-20,2025-02-12,2025-02-19,customer
a,core,train,2025-03-20,2025-03-12,,
b,core,plan,2025-05-20,,,
b,core,train,2025-03-10,2025-03-01,2025-03-15,cs
"""
HANDOVERS = """account_id,product_id,handed_over_date,is_goal_filled,is_info_complete,kickoff_planned_date,kickoff_date
a,core,2023-01-10,1,1,2025-03-28,
b,core,2023-11-20,1,0,2025-04-20,
"""
GOALS = "goal_id,account_id,scope,target,set_date,due_date\ng1,a,company,10,2025-02-01,2025-06-30\n"
ACTUALS = "goal_id,measured_date,value\ng1,2025-03-01,4\n"

FINAL_FILES = {
    "accounts/accounts_2.csv": THREE_ACCOUNTS,
    "contracts/contracts_2.csv": MORE_CONTRACTS,
    "logins/2025-03-01.csv": LOGINS,
    "logins/2025-03-29.csv": CORRECTED_LOGINS,
    "logins/2025-03-30_late.csv": LATE_LOGINS,
    "surveys/1.csv": SURVEYS,
    "surveys/2.csv": NEWER_SURVEYS,
    "users/1.csv": USERS,
    "content_catalog/1.csv": CONTENTS,
    "usage_events/1.csv": USAGE,
    "onboarding_tasks/1.csv": TASKS,
    "handovers/1.csv": HANDOVERS,
    "goals/1.csv": GOALS,
    "goal_actuals/1.csv": ACTUALS,
}
# Delivered whole a day later, when one thing of each kind has happened that can only be seen from that day on.
TODAY_FILES = {
    "users/2.csv": USERS.replace("a,0,core,2025-01-10,", "a,0,core,2025-01-10,2025-04-01") + "b,9,core,2025-04-01,\n",
    "content_catalog/2.csv": CONTENTS.replace("2025-12-31", "2025-04-01") + "z,core,three,2025-04-01,,1\n",
    "onboarding_tasks/2.csv": TASKS.replace("2025-03-12,,", "2025-03-12,2025-04-01,cs").replace("05-20", "04-01"),
    "handovers/2.csv": HANDOVERS.replace("2025-04-20,", "2025-04-20,2025-04-01"),
    "goals/2.csv": GOALS + "g2,b,company,5,2025-04-01,\n",
}


def run(data_dir: Path, files: dict[str, str], day: datetime.date) -> Warehouse:
    write_landing(data_dir, files)
    warehouse = build(data_dir, day)
    assert warehouse.result.returncode == 0, warehouse.result.stdout + warehouse.result.stderr
    return warehouse


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return run(tmp_path_factory.mktemp("at_once"), FINAL_FILES, THIRD_DAY)


def test_files_that_come_one_by_one_late_and_corrected_give_the_same_marts(at_once: Warehouse, tmp_path: Path) -> None:
    run(
        tmp_path,
        {
            "accounts/accounts_1.csv": TWO_ACCOUNTS,
            "contracts/contracts_1.csv": CONTRACTS,
            "surveys/2.csv": NEWER_SURVEYS,
        },
        FIRST_DAY,
    )
    second = {"logins/2025-03-29.csv": NEWER_LOGINS, "logins/2025-03-01.csv": LOGINS, "surveys/1.csv": SURVEYS}
    run(tmp_path, second, SECOND_DAY)
    third = {name: text for name, text in FINAL_FILES.items() if name not in ("logins/2025-03-01.csv", "surveys/1.csv")}
    warehouse = run(tmp_path, third, THIRD_DAY)
    assert warehouse.digests_of_pure_marts() == at_once.digests_of_pure_marts()
    with duckdb.connect(str(warehouse.data_dir.warehouse), read_only=True) as connection:
        emptied = "select count(*) from intermediate.int_user_days where login_date = date '2025-03-29'"
        assert connection.execute(emptied).fetchone() == (0,)


def test_a_past_day_rebuilt_elsewhere_has_the_rows_it_has_today(at_once: Warehouse, tmp_path: Path) -> None:
    elsewhere = run(tmp_path, FINAL_FILES, SECOND_DAY)
    with duckdb.connect(str(at_once.data_dir.published), read_only=True) as connection:
        dated = connection.execute(
            """select table_name from information_schema.columns
               where table_schema = 'marts' and column_name = 'as_of_date'
                   -- These stand at the newest day only; fct_kpi does for what only a company has. Nobody changes
                   -- phase on that day, and past forecasts are those of month ends.
                   and table_name not in ('mart_account_360', 'mart_renewal_calendar', 'mart_goal_attainment',
                       'mart_goal_summary', 'mart_outcome_mismatch', 'mart_advocates', 'mart_account_kpi',
                       'mart_funnel', 'mart_low_score_followup', 'fct_kpi', 'mart_treatment', 'mart_phase_capacity',
                       'mart_score_version_change', 'fct_phase_change', 'mart_action_queue', 'mart_what_if',
                       'mart_level_lever', 'mart_forecast_backtest', 'mart_headline', 'fct_renewal')"""
        ).fetchall()
    assert len(dated) == 13
    for (table,) in dated:
        query = f"select * from marts.{table} where as_of_date = date '{SECOND_DAY}' order by all"
        rows = at_once.rows(query)
        assert rows and rows == elsewhere.rows(query), table


def test_what_a_full_delivery_tells_of_today_rebuilds_today_only(at_once: Warehouse, tmp_path: Path) -> None:
    shutil.copytree(at_once.data_dir.root, tmp_path / "days")
    day_by_day = run(tmp_path / "days", TODAY_FILES, FOURTH_DAY)
    with duckdb.connect(str(day_by_day.data_dir.warehouse), read_only=True) as connection:
        rebuilt = connection.execute("select as_of_date from intermediate.int_as_of_to_build").fetchall()
    assert rebuilt == [(FOURTH_DAY,)]
    anew = run(tmp_path / "anew", FINAL_FILES | TODAY_FILES, FOURTH_DAY)
    assert day_by_day.digests_of_pure_marts() == anew.digests_of_pure_marts()
    assert dated_digests(day_by_day) == dated_digests(anew)


def dated_digests(warehouse: Warehouse) -> dict[str, str]:
    """Intermediate table with an as-of date → digest of its rows. Some hold the dates to be built alone; what was
    published when is no part of raw."""
    with duckdb.connect(str(warehouse.data_dir.warehouse), read_only=True) as connection:
        tables = connection.execute(
            """select table_name from duckdb_columns() inner join duckdb_tables() using (schema_name, table_name)
               where schema_name = 'intermediate' and column_name = 'as_of_date'
                   and table_name not in ('int_as_of_to_build', 'int_landing_dates', 'int_landing_lines',
                       'int_publishes')"""
        ).fetchall()
        digest = "select md5(string_agg(t::varchar, '\n')) from (select t from intermediate.{} as t order by all)"
        return {table: connection.execute(digest.format(table)).fetchone()[0] for (table,) in tables}
