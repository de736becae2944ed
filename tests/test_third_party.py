"""The numbers other people's code computed from the same rows. Inputs are copied from ../shared/data into a temporary
landing, unedited; their headers come in through the declared aliases."""

import csv
import datetime
import json
import math
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, SHARED, Warehouse, build, csw
from model_chain import ModelChain, landed

DATA = SHARED / "data"
ONE_DAY = datetime.timedelta(days=1)
BY_AIRLINE = "sfo_nps_2017/expected_nps_by_account.csv"
NO_GRACE = {"renewal_grace_days": 0, "renewal_grace_days_short_term": 0}
Query = Callable[[str], list[tuple]]
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


@pytest.fixture(scope="module")
def playbook(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """mrr_playbook as of its last month, no grace. All its contracts start and end on a 1st, so that what stands on a
    month's last day stood on its first."""
    files = {f"{name}/{name}.csv": DATA / "mrr_playbook" / f"{name}.csv" for name in ("accounts", "contracts")}
    return build_warehouse(files, datetime.date(2020, 2, 29), {"renewal_grace_days": 0})


@pytest.fixture(scope="module")
def ravenstack(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """RavenStack as of its last day, no grace: overlapping contracts, usage that contradicts them, two surveys."""
    files = {
        "accounts/accounts.csv": DATA / "ravenstack/accounts.csv",
        "contracts/contracts.csv": DATA / "ravenstack/contracts.csv",
        "logins/login_events.csv": DATA / "ravenstack/login_events.csv",
        "surveys/surveys_csat.csv": DATA / "ravenstack/surveys_csat.csv",
        "surveys/surveys_nps_composite.csv": DATA / "ravenstack/surveys_nps_composite.csv",
    }
    return build_warehouse(files, datetime.date(2024, 12, 31), {"renewal_grace_days": 0})


@pytest.fixture(scope="module")
def airport(build_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """The passengers of San Francisco airport, an airline as an account."""
    airlines = sorted({row["account_id"] for row in expected("sfo_nps_2017/surveys.csv")})
    accounts = "account_id,account_name\n" + "".join(f'"{name}","{name}"\n' for name in airlines)
    contracts = "contract_id,account_id,product_id,start_date,end_date,monthly_amount,currency\n" + "".join(
        f'"c {name}","{name}",terminal,2017-01-01,2018-01-01,1,USD\n' for name in airlines
    )
    surveys = DATA / "sfo_nps_2017/surveys.csv"
    files = {"accounts/a.csv": accounts, "contracts/c.csv": contracts, "surveys/surveys.csv": surveys}
    return build_warehouse(files, datetime.date(2017, 12, 31))


@pytest.fixture(scope="module")
def passengers(airport: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    """The same answers, as landed, with a passenger as an account of its own and the airline as its segment."""
    rows = landed(airport.data_dir.warehouse, "accounts", "contracts", "surveys")
    account, contract = rows["accounts"][0], rows["contracts"][0]
    rows["accounts"] = [
        {**account, "account_id": answer["response_id"], "segment": answer["account_id"]} for answer in rows["surveys"]
    ]
    rows["contracts"] = [{**contract, "account_id": rows["accounts"][0]["account_id"]}]
    rows["surveys"] = [{**answer, "account_id": answer["response_id"]} for answer in rows["surveys"]]
    chain = ModelChain(tmp_path_factory.mktemp("compiled"), ["marts.mart_nps"])
    chain.run(rows, datetime.date(2017, 12, 31))
    return chain


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), ["marts.mart_mrr_waterfall", "marts.mart_retention"])


def on_firsts(chain: ModelChain, warehouse: Warehouse, last_first: datetime.date) -> Query:
    """The models on the landed contracts with every date a day earlier: what they then say of a month end held on the
    first of the next month, which is the day some of these files look at."""
    rows = landed(warehouse.data_dir.warehouse, "accounts", "contracts")
    for line in rows["contracts"]:
        for day in ("start_date", "end_date_exclusive"):
            line[day] = line[day] and line[day] - ONE_DAY
    chain.run(rows, last_first - ONE_DAY, NO_GRACE)
    return chain.query


def our_waterfall(query: Query) -> dict[datetime.date, tuple]:
    """Month end → opening, new, reactivation, expansion, contraction, churn, closing: amounts, then customers."""
    parts = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
    columns = ", ".join(f"{part}_{unit}" for unit in ("mrr", "accounts") for part in parts)
    return {row[0]: row[1:] for row in query(f"select month_end_date, {columns} from marts.mart_mrr_waterfall")}


def their_waterfall(path: str, days_back: int = 0) -> dict[datetime.date, tuple]:
    """The same of a file: minor units, losses negative. Its days are moved back by `days_back`."""
    parts = {"start_mrr": 1, "new": 1, "reactivation": 1, "expansion": 1, "contraction": -1, "churn": -1, "end_mrr": 1}
    numbers = ("n_start", "n_new", "n_reactivation", "n_expansion", "n_contraction", "n_churn", "n_end")
    return {
        datetime.date.fromisoformat(row["as_of"]) - days_back * ONE_DAY: (
            *(sign * minor_units(row[part]) for part, sign in parts.items()),
            *(int(row[number]) for number in numbers),
        )
        for row in expected(path)
    }


def our_retention(query: Query, horizon_months: int) -> dict[datetime.date, tuple]:
    """Period end → customers at the start, their MRR then and now, NRR, GRR, share of customers kept."""
    return {
        row[0]: row[1:]
        for row in query(
            f"""select period_end_date, accounts, opening_mrr, closing_mrr, nrr, grr, logo_retention
                from marts.mart_retention
                where definition = 'cohort_p2p' and scope_type = 'all' and horizon_months = {horizon_months}"""
        )
    }


def minor_units(amount: str) -> int:
    units = 100 * Decimal(amount)
    assert units == int(units)
    return int(units)


def same_rates(ours: tuple, *theirs: str) -> bool:
    """Their files write ten significant digits, our marts nine decimals."""
    return ours == pytest.approx([float(rate) for rate in theirs], abs=1e-9)


def in_progress(warehouse: Warehouse, query: str) -> list[tuple]:
    """Rows of a query on the file being built, for what is not published."""
    with duckdb.connect(str(warehouse.data_dir.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


@needs_data
def test_monthly_movements_of_fightchurn_to_the_cent(month_end: Warehouse) -> None:
    theirs = their_waterfall("fightchurn_crm/expected_movements_monthly_asof_month_end.csv")
    assert len(theirs) == 23
    assert our_waterfall(month_end.rows) == theirs


@needs_data
def test_movements_of_fightchurn_from_first_to_first(month_end: Warehouse, chain: ModelChain) -> None:
    ours = our_waterfall(on_firsts(chain, month_end, datetime.date(2023, 12, 1)))
    theirs = their_waterfall("fightchurn_crm/expected_movements_monthly_asof_first_of_month.csv", days_back=1)
    assert len(theirs) == 23
    # The file begins with the movements to 2022-02-01; what stood on 2022-01-01 was opening to it.
    assert ours.pop(datetime.date(2021, 12, 31))[6] == theirs[datetime.date(2022, 1, 31)][0]
    assert ours == theirs


@needs_data
@pytest.mark.parametrize(
    ("data", "file", "last_first", "months"),
    [
        ("month_end", "fightchurn_crm/expected_fightchurn_monthly.csv", datetime.date(2023, 12, 1), 22),
        ("playbook", "mrr_playbook/expected_fightchurn_monthly.csv", datetime.date(2020, 2, 1), 27),
        ("ravenstack", "ravenstack/expected_fightchurn_monthly_paid_only.csv", datetime.date(2024, 12, 1), 22),
    ],
)
def test_fight_churns_own_monthly_listing(
    request: pytest.FixtureRequest, chain: ModelChain, data: str, file: str, last_first: datetime.date, months: int
) -> None:
    """Its `extension_mrr` is contraction that came with a longer billing period. It leaves the customers out where none
    left, and what was retained where all did."""
    query = on_firsts(chain, request.getfixturevalue(data), last_first)
    movements, retention = our_waterfall(query), our_retention(query, 1)
    theirs = expected(file)
    assert len(theirs) == months
    for row in theirs:
        month_end = datetime.date.fromisoformat(row["end_date"]) - ONE_DAY
        opening, _, _, _, contraction, churn, _, customers, _, _, _, _, churned, _ = movements[month_end]
        _, _, retained, nrr, *_ = retention[month_end]
        assert -churn == minor_units(row["churn_mrr"])
        assert -contraction == minor_units(row["downsell_mrr"]) + minor_units(row["extension_mrr"])
        assert (row["n_churn"] == "", row["start_mrr"] == "") == (churned == 0, retained == 0)
        if churned:
            assert (customers, churned) == (int(row["n_start"]), int(row["n_churn"]))
        if retained:
            assert (opening, retained) == (minor_units(row["start_mrr"]), minor_units(row["retained_mrr"]))
            assert same_rates((nrr,), row["net_retention_rate"])


@needs_data
def test_trailing_twelve_months_of_fightchurn(month_end: Warehouse, chain: ModelChain) -> None:
    ours = our_retention(on_firsts(chain, month_end, datetime.date(2023, 12, 1)), 12)
    theirs = expected("fightchurn_crm/expected_trailing12m_nrr_grr.csv")
    assert len(theirs) == 11
    for row in theirs:
        accounts, opening, closing, *rates = ours[datetime.date.fromisoformat(row["to_date"]) - ONE_DAY]
        amounts = minor_units(row["start_mrr"]), minor_units(row["end_mrr_same_customers"])
        assert (accounts, opening, closing) == (int(row["n_customers"]), *amounts)
        assert same_rates(rates, row["nrr"], row["grr"], row["logo_retention"])


@needs_data
def test_windows_of_fightchurn(month_end: Warehouse, chain: ModelChain) -> None:
    query = on_firsts(chain, month_end, datetime.date(2023, 12, 1))
    for row in expected("fightchurn_crm/expected_fightchurn_windows.csv"):
        start, end = (datetime.date.fromisoformat(row[key]) - ONE_DAY for key in ("from_date", "to_date"))
        [ours] = query(
            f"""select
                    count(*), count_if(ended.mrr = 0), sum(started.mrr), sum(ended.mrr),
                    sum(if(ended.mrr = 0, started.mrr, 0)),
                    sum(if(ended.mrr = 0, 0, greatest(started.mrr - ended.mrr, 0)))
                from intermediate.int_account_mrr as started
                inner join intermediate.int_account_mrr as ended on started.account_id = ended.account_id
                where started.snapshot_date = '{start}' and ended.snapshot_date = '{end}' and started.mrr > 0"""
        )
        amounts = ("start_mrr", "retain_mrr", "churn_mrr", "downsell_mrr")
        assert ours == (int(row["n_start"]), int(row["n_churn"]), *(minor_units(row[amount]) for amount in amounts))
        months = round((end - start).days / 30.4375)
        if months != 6:  # no horizon of ours
            rates = our_retention(query, months)[end][3:]
            assert same_rates(rates, row["net_mrr_retention_rate"], row["gitlab_grr"], row["retention_rate"])


@needs_data
def test_activity_of_fightchurn(month_end: Warehouse) -> None:
    usage = in_progress(
        month_end,
        """select account_id, last_login_date::varchar, user_days, active_users, active_days
           from intermediate.int_account_usage
           where as_of_date = date '2023-11-30' and window_days = 30 and product_id = 'all'""",
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
def test_who_fell_silent_in_fightchurn(month_end: Warehouse) -> None:
    """Their 30 days end before the day, ours with it: the same windows on the day before."""
    for row in expected("fightchurn_crm/expected_fightchurn_activity_churn.csv"):
        [(active, silent)] = in_progress(
            month_end,
            f"""select count(*), count(*) filter (where later.logins = 0)
                from intermediate.int_account_usage as earlier
                inner join intermediate.int_account_usage as later using (account_id, product_id, window_days)
                where earlier.window_days = 30 and earlier.product_id = 'all' and earlier.logins > 0
                    and earlier.as_of_date = date '{row["from_date"]}' - 1
                    and later.as_of_date = date '{row["to_date"]}' - 1""",
        )
        assert (active, silent) == (int(row["n_start"]), int(row["n_churn"]))


@needs_data
def test_the_readme_shows_what_the_score_is_worth_on_fightchurn(month_end: Warehouse) -> None:
    shown = month_end.rows(
        """select format('| {} | {:,} | {} | {:.3f} ({:.3f} to {:.3f}) | {:.0f} % | {} |', horizon_months, windows,
               churned_accounts, auc, auc_low, auc_high, 100 * green_before_share, verdict)
           from marts.mart_score_validity
           where phase = 'all' and product_profile = 'all' and population = 'could_churn' order by horizon_months"""
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(shown) == 3
    assert "\n".join(row for (row,) in shown) in readme


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
    by_product = in_progress(
        next_day,
        """select product_id, count(*), sum(mrr) from intermediate.int_account_product_mrr
           where snapshot_date = date '2023-12-01' group by 1""",
    )
    lines = in_progress(
        next_day,
        """select product_id, count(*) from intermediate.int_known_lines
           where start_date <= date '2023-12-01' and end_date_exclusive > date '2023-12-01' group by 1""",
    )
    theirs = expected("fightchurn_crm/expected_mrr_by_product_asof_2023-12-01.csv")
    assert set(by_product) == {(row["product"], int(row["accounts"]), minor_units(row["mrr"])) for row in theirs}
    assert set(lines) == {(row["product"], int(row["contracts"])) for row in theirs}


@needs_data
def test_every_movement_of_the_mrr_playbook_row_by_row(playbook: Warehouse) -> None:
    names = {"upgrade": "expansion", "downgrade": "contraction"}
    rows = expected("mrr_playbook/expected_mrr_from_2017.csv")
    theirs = {
        (
            row["customer_id"],
            row["date_month"],
            names.get(row["change_category"], row["change_category"]),
            minor_units(row["mrr_change"]),
        )
        for row in rows
        if row["change_category"]
    }
    ours = playbook.rows("select account_id, month::varchar, movement_type, delta_mrr from marts.fct_mrr_movement")
    assert Counter(kind for _, _, kind, _ in ours) == {
        "new": 55,
        "expansion": 30,
        "contraction": 27,
        "churn": 58,
        "reactivation": 3,
    }
    assert set(ours) == theirs
    paid = in_progress(
        playbook,
        """select account_id, month::varchar, mrr from intermediate.int_account_mrr where is_month_end and mrr > 0""",
    )
    assert set(paid) == {
        (row["customer_id"], row["date_month"], minor_units(row["mrr"])) for row in rows if row["is_active"] == "True"
    }


@needs_data
def test_months_of_the_mrr_playbook(playbook: Warehouse) -> None:
    ours = {month_end.replace(day=1): figures for month_end, figures in our_waterfall(playbook.rows).items()}
    assert ours == their_waterfall("mrr_playbook/expected_movements_port.csv")
    rates = {month_end.replace(day=1): row[3:5] for month_end, row in our_retention(playbook.rows, 1).items()}
    # dbt Labs' own months leave out December 2017, in which nobody paid, and write rates as 4-byte floats. Their
    # n_no_change counts who left before, too; ours has no such figure.
    theirs = expected("mrr_playbook/expected_mrr_by_month_from_2017.csv")
    assert len(theirs) == 29
    for row in theirs:
        month = datetime.date.fromisoformat(row["date_month"])
        amounts = ("start_mrr", "new", "reactivation", "upgrade", "downgrade", "churn", "end_mrr")
        numbers = ("n_new", "n_reactivation", "n_upgrade", "n_downgrade", "n_churn", "n_active")
        assert ours[month][:7] == tuple(minor_units(row[name]) for name in amounts)
        assert ours[month][8:] == tuple(int(row[name]) for name in numbers)
        if row["nrr"]:
            assert rates[month] == pytest.approx((float(row["nrr"]), float(row["grr"])), abs=1e-7)


@needs_data
def test_nps_of_san_francisco_airport(airport: Warehouse) -> None:
    overall = json.loads((DATA / "sfo_nps_2017/expected_overall.json").read_text())["overall"]
    [(n, promoters, passives, detractors, nps, error)] = airport.rows(
        """select responses, promoters, passives, detractors, nps, standard_error from marts.mart_nps
           where period_type = 'all' and scope_type = 'all'"""
    )
    groups = (overall["promoters"], overall["passives"], overall["detractors"])
    assert (n, promoters, passives, detractors) == (2746, *groups)
    assert (nps, error) == pytest.approx((overall["nps"], overall["se"]), abs=1e-7)
    assert airport.rows("select count(*) from quality.quarantine where source = 'surveys'") == [(85,)]
    # No logins: scores and levels say so, and revenue is there.
    assert airport.rows("select distinct band from marts.fct_health_score") == [("no_data",)]
    assert airport.rows("select distinct success_level, null_reason from marts.fct_success_level") == [
        (None, "no_logins_yet")
    ]
    assert csw("quarantine", "--data-dir", airport.data_dir.root).returncode == 0


@needs_data
def test_nps_intervals_of_san_francisco_airport_by_airline_and_by_day(
    airport: Warehouse, passengers: ModelChain
) -> None:
    """The files count every passenger as one who answers alone."""
    figures = "scope_value, responses, promoters, passives, detractors, nps, standard_error, nps_low, nps_high"
    of = f"select {figures} from marts.mart_nps where period_type = '{{}}' and scope_type = '{{}}'"
    by_airline = {row[0]: row[1:] for row in passengers.query(of.format("all", "segment"))}
    assert by_airline == their_nps(BY_AIRLINE, "account_id")
    by_day = {
        str(day): row
        for day, _, *row in passengers.query(of.format("day", "all").replace("select", "select period_start_date,"))
    }
    assert by_day == their_nps("sfo_nps_2017/expected_nps_by_date.csv", "responded_at")
    assert (len(by_airline), len(by_day)) == (37, 20)
    assert passengers.query("select distinct interval_basis from marts.mart_nps") == [("independent",)]
    # Passengers of one airline resemble each other: with airlines as accounts the interval says so, and is wider.
    interval = """select interval_basis, nps, standard_error, clustered_standard_error, nps_high - nps_low
        from marts.mart_nps where period_type = 'all' and scope_type = 'all'"""
    [(_, nps, error, _, width)] = passengers.query(interval)
    [(basis, same_nps, same_error, clustered_error, clustered_width)] = airport.rows(interval)
    assert (basis, same_nps, same_error) == ("clustered", nps, error)
    airlines = [{name: int(row[name]) for name in ("n", "promoters", "detractors")} for row in expected(BY_AIRLINE)]
    sums = [airline["promoters"] - airline["detractors"] - airline["n"] * nps / 100 for airline in airlines]
    assert clustered_error == pytest.approx(100 * math.sqrt(37 / 36 * sum(one**2 for one in sums)) / 2746, abs=1e-6)
    assert clustered_error > 1.4 * error
    assert clustered_width / width == pytest.approx(clustered_error / error)


@needs_data
def test_days_of_san_francisco_airport_as_a_third_party_counted_them(passengers: ModelChain) -> None:
    """Their copy dates two of the answers elsewhere, on days on which nobody was asked (the survey ran from 5 to 30 May
    2017): a detractor of 05-05 on 06-05 and a promoter of 05-15 on 08-15. All other days agree."""
    ours = {
        str(day): (promoters, passives, detractors, nps)
        for day, promoters, passives, detractors, nps in passengers.query(
            """select period_start_date, promoters, passives, detractors, nps
               from marts.mart_nps where period_type = 'day' and scope_type = 'all'"""
        )
    }
    theirs = {
        row["date"]: (*(int(float(row[name])) for name in ("promoter", "passive", "detractor")), float(row["nps"]))
        for row in expected("sfo_nps_2017/expected_third_party_daily_nps.csv")
    }
    assert (theirs.pop("2017-06-05")[:3], theirs.pop("2017-08-15")[:3]) == ((0, 0, 1), (1, 0, 0))
    assert (theirs.pop("2017-05-05")[:3], theirs.pop("2017-05-15")[:3]) == ((25, 15, 6), (84, 41, 16))
    assert (ours.pop("2017-05-05")[:3], ours.pop("2017-05-15")[:3]) == ((25, 15, 7), (85, 41, 16))
    assert ours == {day: (*counts, pytest.approx(nps, abs=1e-9)) for day, (*counts, nps) in theirs.items()}


def their_nps(path: str, key: str) -> dict[str, list]:
    """Key → answers, promoters, passives, detractors; NPS, its error and the ends of its interval to ten digits."""
    counts, estimates = ("n", "promoters", "passives", "detractors"), ("nps", "se", "ci95_low", "ci95_high")
    return {
        row[key]: pytest.approx(
            [*(int(row[name]) for name in counts), *(float(row[name]) for name in estimates)], abs=1e-6
        )
        for row in expected(path)
    }


@needs_data
def test_movements_of_ravenstack_paid_only(ravenstack: Warehouse) -> None:
    """The file sees month ends alone: two customers that had paid for some days between them are new to it, and
    reactivations to us (R4: new is first paid ever)."""
    theirs = their_waterfall("ravenstack/expected_movements_monthly_asof_month_end.csv")
    assert len(theirs) == 24
    seen_between = [
        (datetime.date(2023, 9, 30), "A-432483", 199_000),
        (datetime.date(2024, 2, 29), "A-40a557", 318_400),
    ]
    for month_end, account, mrr in seen_between:
        paid_before = f"account_id = '{account}' and mrr > 0 and {{}} < '{month_end.replace(day=1)}'"
        lines = f"select count(*) from intermediate.int_known_lines where {paid_before.format('end_date_exclusive')}"
        month_ends = f"select count(*) from intermediate.int_account_mrr where {paid_before.format('snapshot_date')}"
        assert in_progress(ravenstack, lines) == [(1,)]
        assert in_progress(ravenstack, month_ends) == [(0,)]
        figures = list(theirs[month_end])
        for place, change in {1: -mrr, 2: mrr, 8: -1, 9: 1}.items():  # new, reactivation; the same in customers
            figures[place] += change
        theirs[month_end] = tuple(figures)
    assert our_waterfall(ravenstack.rows) == theirs


@needs_data
def test_trailing_twelve_months_of_ravenstack(ravenstack: Warehouse) -> None:
    ours = our_retention(ravenstack.rows, 12)
    for row in expected("ravenstack/expected_trailing12m_nrr_grr.csv"):
        accounts, opening, closing, *rates = ours[datetime.date.fromisoformat(row["to_date"])]
        amounts = minor_units(row["start_mrr"]), minor_units(row["end_mrr_same_customers"])
        assert (accounts, opening, closing) == (int(row["n_customers"]), *amounts)
        assert same_rates(rates, row["nrr"], row["grr"], row["logo_retention"])


@needs_data
def test_dirt_of_ravenstack_is_named_and_harms_nothing(ravenstack: Warehouse) -> None:
    summary = json.loads((DATA / "ravenstack/expected_summary.json").read_text())
    dirt = summary["data_quality"]
    reason = "the contract ends on or before the day it starts; correct one of the two dates"
    assert ravenstack.rows("select reason, count(*) from quality.quarantine where source = 'contracts' group by 1") == [
        (reason, dirt["end==start"])
    ]
    assert ravenstack.rows("select sum(mrr), count_if(mrr > 0) from marts.dim_account") == [
        (100 * summary["active_mrr_2024-12-31"], summary["active_accounts_2024-12-31"])
    ]
    # Usage outside the contracts is use all the same; an id that came twice names two events of two customers, on two
    # days, and neither is lost.
    usage = in_progress(
        ravenstack,
        """select count(*), count(*) - count(distinct event_id), count(*) - count(distinct (event_id, account_id)),
               count(*) - count(distinct (event_id, login_date))
           from staging.stg_logins""",
    )
    assert usage == [(summary["usage_rows"], dirt["usage_id dup"], 0, 0)]


@needs_data
def test_answers_about_satisfaction_are_no_part_of_nps(ravenstack: Warehouse) -> None:
    """RavenStack's CSAT (1 to 5) stands beside the airport's NPS answers; on 0 to 10 all of it would be detractors."""
    summary = json.loads((DATA / "ravenstack/expected_summary.json").read_text())
    csat = "select count(*), avg(score) from staging.stg_surveys where survey_type = 'csat_1_5'"
    assert in_progress(ravenstack, csat) == [(summary["csat_n"], pytest.approx(summary["csat_mean"]))]
    overall = json.loads((DATA / "sfo_nps_2017/expected_overall.json").read_text())["overall"]
    [(responses, nps)] = ravenstack.rows(
        "select responses, nps from marts.mart_nps where period_type = 'all' and scope_type = 'all'"
    )
    assert (responses, nps) == (overall["n"], pytest.approx(overall["nps"], abs=0.005))
