"""`python -m benchmarks.forecast_simulation`: how far expected NRR is from a truth that is known. Companies of
benchmarks/forecast_company.py, run through the models' own SQL; what has to hold: docs/forecast_simulation.md."""

import argparse
import datetime
import functools
import importlib.util
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy
import pandas
from rich.progress import track

from benchmarks import forecast_bounds
from benchmarks import forecast_company as company_of
from benchmarks.advisor_simulation import replace_table
from orchestration.settings import ROOT

LAST_DAY = datetime.date(2026, 12, 31)
USUAL = 2_000  # customers on the day of the forecast
GRACE_MONTHS = 2  # until a window has matured
BUILT = ("intermediate.int_book_expectations",)
STEPS = ("int_policy_sets", "int_policies", "int_cell_evidence", "int_level_rates", "int_book_expectations")
TERM_BANDS = numpy.array(["monthly"] * 12 + ["annual"] * 12 + ["multi-year"], dtype=object)
RENEWAL_BANDS = numpy.array(["1-3"] * 4 + ["4-6"] * 3 + ["7-9"] * 3 + ["10-12"] * 3 + [">12"] * 30)


@dataclass(frozen=True)
class Outcome:
    """Rates of one company: what was forecast, what the oracle knows, what happened, and what trailed."""

    scenario: str
    accounts: int
    seed: int
    forecast: float
    oracle: float
    happened: float
    trailing: float
    due: float  # forecast less oracle, of the customers due within a year, per MRR of theirs
    not_due: float
    luck_low: float
    luck_high: float
    full_low: float
    full_high: float


@functools.cache
def month_end(month: int) -> datetime.date:
    """The day of a month of the panel; the last one is LAST_DAY."""
    back = company_of.MONTHS - 1 - month
    first = LAST_DAY.replace(day=1) - pandas.DateOffset(months=back - 1)
    return (first - pandas.DateOffset(days=1)).date()


def book_cells(company: company_of.Company, *months: int) -> pandas.DataFrame:
    """The rows of int_book_cells of these month ends."""
    place, account = numpy.nonzero(company.mrr[list(months)] > 0)
    month = numpy.array(months)[place]
    decided, to_renewal, mrr = (values[month, account] for values in (company.decided, company.to_renewal, company.mrr))
    # A contract of r months in the panel has its last day r - 1 months after the month end.
    to_renewal = numpy.where(decided == 1, to_renewal + company.term[account], to_renewal)
    band = numpy.where(decided == -1, "notice given", RENEWAL_BANDS[numpy.maximum(to_renewal - 1, 1)])
    band = numpy.where((to_renewal > 12) & (decided != -1), ">12", band)
    base = numpy.where(decided == 1, numpy.round(mrr * company.signed_factor[month, account]), mrr)
    names = numpy.array([str(number) for number in range(len(company.term))], dtype=object)
    dates = numpy.array([month_end(number) for number in range(company_of.MONTHS)], dtype=object)
    return pandas.DataFrame(
        {
            "account_id": names[account],
            "product_id": "p",
            "mrr": mrr.astype("int64"),
            "base_mrr": base.astype("int64"),
            "success_level": company.level[month, account].astype("int32"),
            "term_band": TERM_BANDS[company.term[account]],
            "renewal_band": band.astype(object),
            "as_of_date": dates[month],
        }
    )


def windows(company: company_of.Company, last: int) -> pandas.DataFrame:
    """The rows of int_windows that have matured on a month end; before any has, the first one, which the models leave
    out as any that matures later."""
    starts = range(max(last - 36, 0), max(last - 12 - GRACE_MONTHS, 0) + 1)
    cells = book_cells(company, *starts)
    later = company.mrr[[month + 12 for month in starts]]
    end = later[company.mrr[list(starts)] > 0]
    cap = 3 * numpy.maximum(cells["mrr"], cells["base_mrr"])
    matured = {month_end(month): month_end(month + 12 + GRACE_MONTHS) for month in starts}
    return cells.rename(columns={"as_of_date": "window_start_date", "mrr": "mrr_start"}).assign(
        mrr_end=numpy.minimum(end, cap).astype("int64"),
        mrr_above_cap=numpy.maximum(end - cap, 0).astype("int64"),
        matured_date=cells["as_of_date"].map(matured),
    )


def forecast(chain, company: company_of.Company, month: int) -> pandas.Series:
    """Expected MRR in twelve months per customer of a month end, by the models' SQL."""
    replace_table(chain, "int_as_of_to_build", pandas.DataFrame({"as_of_date": [month_end(month)]}))
    replace_table(chain, "int_book_cells", book_cells(company, month))
    replace_table(chain, "int_windows", windows(company, month))
    chain.rebuild(*STEPS)
    rows = chain.query("select account_id, cast(expected_mrr as double) from intermediate.int_book_expectations")
    return pandas.Series({int(account): mrr for account, mrr in rows}).sort_index()


def past_errors(chain, company: company_of.Company) -> pandas.DataFrame:
    """The rows of int_forecast_errors a year apart, of days on which a window had matured."""
    rows = []
    for month in range(company_of.MONTHS - 1 - 12 - GRACE_MONTHS, 12 + GRACE_MONTHS - 1, -12):
        now = company.mrr[month].sum()
        expected = forecast(chain, company, month).sum() / now
        happened = company.mrr[month + 12][company.mrr[month] > 0].sum() / now
        rows.append((month_end(month), "all", False, expected, happened))
    # A year apart: twelve rows from one to the next, as the month ends between them would make.
    names = ["as_of_date", "scope_type", "is_assumed", "expected_nrr", "realised_nrr"]
    return pandas.DataFrame([row for row in rows for _ in range(12)], columns=names)


def outcome(chain, scenario: company_of.Scenario, accounts: int, seed: int) -> Outcome:
    company = company_of.simulate(scenario, seed, accounts)
    last = company_of.MONTHS - 1
    errors = past_errors(chain, company)
    expected = forecast(chain, company, last)
    there = expected.index.to_numpy()
    now, oracle, later = company.mrr[-1][there], company_of.oracle(company)[there], company.later[there]
    before = company.mrr[-1 - 12] > 0
    signed = company.decided[-1][there] == 1
    due = (company.to_renewal[-1][there] <= 12) & ~signed
    error = expected.to_numpy() - oracle
    book = chain.connection.execute("from intermediate.int_book_expectations").df()
    intervals = resampling().intervals(
        pandas.Timestamp(LAST_DAY),
        chain.connection.execute("from intermediate.int_windows").df(),
        book,
        book[["account_id", "product_id"]].assign(scope_type="all", scope_value="all"),
        chain.connection.execute("from reference.assumed_level_nrr").df(),
        errors,
        chain.connection.execute("from intermediate.int_policies").df().iloc[0],
    )
    [drawn] = intervals.itertuples()
    return Outcome(
        scenario=scenario.name,
        accounts=accounts,
        seed=seed,
        forecast=expected.sum() / now.sum(),
        oracle=oracle.sum() / now.sum(),
        happened=later.sum() / now.sum(),
        trailing=company.mrr[-1][before].sum() / company.mrr[-1 - 12][before].sum(),
        due=error[due].sum() / now[due].sum(),
        not_due=error[~due].sum() / now[~due].sum(),
        luck_low=drawn.luck_low,
        luck_high=drawn.luck_high,
        full_low=drawn.full_low,
        full_high=drawn.full_high,
    )


@functools.cache
def resampling():
    """The Python model, which dbt loads as a file."""
    spec = importlib.util.spec_from_file_location("intervals", ROOT / "models/intermediate/int_expected_intervals.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked_for(seeds: int) -> list[tuple[company_of.Scenario, int, int]]:
    """Scenario, customers and seed of every company: each scenario with the usual 2,000, then the other sizes."""
    usual = [(scenario, USUAL, seed) for scenario in company_of.SCENARIOS for seed in range(seeds)]
    others = {size: min(count, seeds) for size, count in forecast_bounds.SIZES.items() if size != USUAL}
    return usual + [(company_of.SCENARIOS[0], size, seed) for size, count in others.items() for seed in range(count)]


def run(seeds: int, kept: Path | None) -> pandas.DataFrame:
    """The outcomes of all companies. Those in the file `kept` are not worked out again, and new ones go there."""
    from tests.model_chain import ModelChain

    found = pandas.read_csv(kept).to_dict("records") if kept and kept.exists() else []
    done = {(row["scenario"], row["accounts"], row["seed"]) for row in found}
    open_ones = [one for one in asked_for(seeds) if (one[0].name, *one[1:]) not in done]
    with tempfile.TemporaryDirectory(prefix="csw-simulation-") as folder:
        chain = ModelChain(Path(folder), BUILT)
        for scenario, accounts, seed in track(open_ones, description="companies"):
            found.append(vars(outcome(chain, scenario, accounts, seed)))
            if kept and len(found) % 20 == 0:
                pandas.DataFrame(found).to_csv(kept, index=False)
    outcomes = pandas.DataFrame(found)
    if kept:
        outcomes.to_csv(kept, index=False)
    return outcomes


def main() -> bool:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast_simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="of each scenario")
    parser.add_argument("--outcomes", type=Path, help="a CSV that keeps what was worked out, and is added to")
    given = parser.parse_args()
    found = forecast_bounds.answers(run(given.seeds, given.outcomes))
    forecast_bounds.show(found, f"Expected NRR against a known truth, {given.seeds} seeds, the models' SQL alone")
    return all(answer.is_met is not False for answer in found)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
