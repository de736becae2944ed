"""`python -m benchmarks.forecast_warehouse`: the companies of the forecast simulation as files in landing, through the
whole warehouse: ingested, built by dbt up to mart_expected_nrr, and read there on the last day. What is published has
to be the forecast of the models' SQL alone, and come as close to the oracle (docs/forecast_simulation.md).

Levels come out as the generator's: a customer of level n has n users who log in on the last day of every month, and the
conditions of the levels are replaced by one to five active users. The world is looked at on month ends only."""

import argparse
import datetime
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy
import pandas
from rich.progress import track

from benchmarks import forecast_bounds
from benchmarks import forecast_company as company_of
from benchmarks import forecast_simulation as simulation
from benchmarks.forecast_bounds import Answer, rms
from benchmarks.measure import cpu_of
from orchestration import manifest, raw_tables, sources
from orchestration.ingest import ingest
from orchestration.manifest import DBT
from orchestration.settings import DBT_PROJECT, DataDir, child_environment

SEEDS = 20
SETTINGS = f"""
    update reference.revenue_policies set policy_value = '1'
        where policy_set = 'default' and policy_key = 'daily_history_days';
    update reference.revenue_policies set policy_value = '{simulation.month_end(0).replace(day=1)}'
        where policy_set = 'default' and policy_key = 'history_starts_on';
    delete from reference.success_level_conditions;
    insert into reference.success_level_conditions
        (product_profile, success_level, condition_key, metric_key, operator, threshold, label_en, label_ja)
        select 'default', level, 'users_' || level, 'active_users_28d', '>=', level, 'Users', '利用者'
        from range(1, {company_of.LEVELS + 1}) as levels(level)"""
PUBLISHED = f"""
    select expected_nrr, luck_low as published_low, luck_high as published_high, mrr
    from marts.mart_expected_nrr where as_of_date = date '{simulation.LAST_DAY}' and scope_type = 'all'"""


def first_day(month: int) -> datetime.date:
    """Of a month of the panel, or of one before or after it."""
    first = simulation.LAST_DAY.replace(day=1)
    months = 12 * first.year + first.month - 1 + month - (company_of.MONTHS - 1)
    return datetime.date(months // 12, months % 12 + 1, 1)


def contracts(company: company_of.Company) -> pandas.DataFrame:
    """Contract lines as they stand on the last day: what is bought in between runs as a line of its own beside the
    contract until its end; renewals are signed and notices given on the day they are seen."""
    found = [line for account in range(len(company.term)) for line in _lines(company, account)]
    names = ["account_id", "start_month", "end_month", "monthly_amount", "signed_date", "cancelled_date"]
    lines = pandas.DataFrame(found, columns=names)
    return lines.assign(
        contract_id=lines["account_id"].astype(str) + "-" + lines.groupby("account_id").cumcount().astype(str),
        product_id="p",
        start_date=lines["start_month"].map(first_day),
        end_date_exclusive=lines["end_month"].map(first_day),
    ).drop(columns=["start_month", "end_month"])


def _lines(company: company_of.Company, account: int) -> list[list]:
    mrr, decided, term = company.mrr[:, account], company.decided[:, account], int(company.term[account])
    paid = numpy.flatnonzero(mrr)
    first, last = paid[0], paid[-1]
    lines, running, price = [], [], 0
    end = first
    for month in paid:
        if month == end:
            # A first contract may be older than the panel, or cut short: it began a whole term before its end.
            end = month + int(company.to_renewal[month, account])
            is_signed = month > first and decided[month - 1] == 1
            price = _signed(company, month - 1, account) if is_signed else int(mrr[month])
            seen = simulation.month_end(month - 1) if is_signed else first_day(month)
            running = [[account, end - term, end, price, seen, None]]
            lines += running
        if mrr[month] > price:
            running.append([account, month, end, int(mrr[month]) - price, first_day(month), None])
            lines.append(running[-1])
        price = int(mrr[month])
    if decided[last] == 1:
        lines.append([account, end, end + term, _signed(company, last, account), simulation.month_end(last), None])
    elif last < company_of.MONTHS - 1 or decided[last] == -1:
        for line in running:
            line[-1] = simulation.month_end(last) if decided[last] == -1 else first_day(last + 1)
    return lines


def _signed(company: company_of.Company, month: int, account: int) -> int:
    """The price of a renewal that was signed in a month."""
    return int(numpy.round(company.mrr[month, account] * company.signed_factor[month, account]))


def logins(company: company_of.Company) -> pandas.DataFrame:
    """User-days: on every month end as many users of a customer as its level is high."""
    month, account = numpy.nonzero(company.mrr)
    level = company.level[month, account].astype(int)
    days = numpy.array([simulation.month_end(number) for number in range(company_of.MONTHS)])
    user = numpy.concatenate([numpy.arange(number) for number in level])
    columns = {
        "account_id": numpy.repeat(account, level),
        "user_id": user,
        "login_date": numpy.repeat(days[month], level),
    }
    return pandas.DataFrame(columns).assign(product_id="p")


def write(company: company_of.Company, landing: Path) -> None:
    lines = contracts(company)
    accounts = lines.groupby("account_id", as_index=False).agg(created_date=("signed_date", "min"))
    accounts["account_name"] = "Company " + accounts["account_id"].astype(str)
    for name, rows in (("accounts", accounts), ("contracts", lines), ("logins", logins(company))):
        (landing / name).mkdir(parents=True)
        rows.to_csv(landing / name / f"{name}.csv", index=False)


def prepare(place: DataDir) -> Path:
    """A warehouse without rows but with the settings; returns its file, to be copied for every company."""
    manifest.prepare()
    with duckdb.connect(str(place.warehouse)) as connection:
        raw_tables.prepare(connection, sources.declarations())
    dbt(place, "seed")
    with duckdb.connect(str(place.warehouse)) as connection:
        connection.execute(SETTINGS)
    return place.warehouse.rename(place.root / "empty.duckdb")


def dbt(place: DataDir, *command: str) -> float:
    """CPU seconds."""
    environment = child_environment(place, simulation.LAST_DAY, {})
    return cpu_of([DBT, "--quiet", *command, "--select", "+mart_expected_nrr"], environment, DBT_PROJECT)


def published(place: DataDir, empty: Path, company: company_of.Company) -> dict[str, float]:
    """What mart_expected_nrr says of a company on its last day, and what it cost."""
    shutil.rmtree(place.landing, ignore_errors=True)
    write(company, place.landing)
    shutil.copyfile(empty, place.warehouse)
    with duckdb.connect(str(place.warehouse)) as connection:
        loaded = ingest(connection, place.landing)
        assert all(file.status == "loaded" and not file.rows_quarantined for file in loaded), loaded
    cost = dbt(place, "run")
    with duckdb.connect(str(place.warehouse), read_only=True) as connection:
        [row] = connection.execute(PUBLISHED).df().to_dict("records")
    return {**row, "cpu_seconds": cost}


def run(scenarios: list[company_of.Scenario], seeds: int, kept: Path | None) -> pandas.DataFrame:
    """A row per company: what was published beside the outcome by the SQL alone. Those in the file `kept` are not
    worked out again, and new ones go there."""
    from tests.model_chain import ModelChain

    found = pandas.read_csv(kept).to_dict("records") if kept and kept.exists() else []
    done = {(row["scenario"], row["seed"]) for row in found}
    asked = [(scenario, seed) for scenario in scenarios for seed in range(seeds)]
    with tempfile.TemporaryDirectory(prefix="csw-simulation-") as folder:
        place = DataDir(Path(folder) / "warehouse")
        place.root.mkdir()
        empty = prepare(place)
        chain = ModelChain(Path(folder) / "alone", simulation.BUILT)
        for scenario, seed in track([one for one in asked if (one[0].name, one[1]) not in done], "warehouses"):
            row = published(place, empty, company_of.simulate(scenario, seed, simulation.USUAL))
            found.append(vars(simulation.outcome(chain, scenario, simulation.USUAL, seed)) | row)
            if kept:
                pandas.DataFrame(found).to_csv(kept, index=False)
    return pandas.DataFrame(found)


def answers(rows: pandas.DataFrame) -> list[Answer]:
    found = []
    for scenario, mine in rows.groupby("scenario", sort=False):
        error = 100 * (mine["expected_nrr"] - mine["oracle"])
        beside = 100 * (mine["expected_nrr"] - mine["forecast"]).abs().max()
        low, high = mine[["luck_low", "forecast"]].min(axis=1), mine[["luck_high", "forecast"]].max(axis=1)
        ends = 100 * max((mine["published_low"] - low).abs().max(), (mine["published_high"] - high).abs().max())
        figures = [
            ("forecast − oracle, mean, points", error.mean(), 0.5),
            ("… root mean square, points", rms(error), 1.2),
            ("largest difference to the SQL alone, points", beside, 1e-4),
            ("… of the ends of the interval of luck, points", ends, 1e-4),
        ]
        for question, figure, high in figures:
            is_met = None if scenario == forecast_bounds.AS_IT_FALLS else bool(abs(figure) <= high)
            found.append(Answer(question, scenario, figure, f"≤ {high:g}", is_met, 2 if high > 1e-3 else 7))
    return found


def main() -> bool:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast_warehouse", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="of each scenario")
    parser.add_argument("--scenario", action="append", choices=forecast_bounds.NAMES, help="default: stationary")
    parser.add_argument("--outcomes", type=Path, help="a CSV that keeps what was worked out, and is added to")
    given = parser.parse_args()
    names = given.scenario or ["stationary"]
    chosen = [scenario for scenario in company_of.SCENARIOS if scenario.name in names]
    found = answers(run(chosen, given.seeds, given.outcomes))
    forecast_bounds.show(found, f"Expected NRR through the whole warehouse, {given.seeds} seeds")
    return all(answer.is_met is not False for answer in found)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
