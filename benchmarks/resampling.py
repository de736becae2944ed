"""What a day's intervals of expected NRR cost at 20,000 customers, by the Python model itself."""

import statistics

import pandas

from benchmarks import forecast_company as company_of
from benchmarks import forecast_simulation as simulation
from benchmarks.measure import Finding, cpu_here, in_turns
from orchestration.settings import ROOT

ACCOUNTS, DRAWS = 20_000, 1_000
SCOPES = {"all": 1, "product": 1, "segment": 5, "owner": 25, "cohort_year": 8}  # scope type → how many of it
TURNS = 3


def resampling() -> Finding:
    """One as-of date: all matured windows, a book of 20,000 and forty scopes. The same rows give the same digits."""
    company = company_of.simulate(company_of.SCENARIOS[0], seed=0, accounts=ACCOUNTS)
    last = company_of.MONTHS - 1
    past, book = simulation.windows(company, last), simulation.book_cells(company, last)
    number = book["account_id"].astype(int)
    scopes = pandas.concat(
        book[["account_id", "product_id"]].assign(scope_type=kind, scope_value=(number % count).astype(str))
        for kind, count in SCOPES.items()
    )
    assumed = pandas.read_csv(ROOT / "seeds/assumed_level_nrr.csv").astype({"success_level": "Int64"})
    months = pandas.date_range(simulation.month_end(10), simulation.month_end(33), freq="ME")
    errors = pandas.DataFrame({"as_of_date": months, "scope_type": "all", "is_assumed": False})
    errors = errors.assign(expected_nrr=0.90, realised_nrr=0.92)
    policies = pandas.Series({"resampling_draws": DRAWS, "shrinkage_accounts": 10.0, "common_shock": 0.02})
    found = []

    def draw() -> None:
        given = pandas.Timestamp(simulation.LAST_DAY), past, book, scopes, assumed, errors, policies
        found.append(simulation.resampling().intervals(*given))

    seconds = statistics.median(in_turns(TURNS, intervals=lambda: cpu_here(draw))["intervals"])
    assert len(found[0]) == sum(SCOPES.values()) and all(one.equals(found[0]) for one in found)
    made_of = f"{len(book):,} customers, {past['window_start_date'].nunique()} month ends, {len(found[0])} scopes"
    return Finding(f"CPU seconds of {DRAWS:,} resamplings of a day", seconds, 10, made_of)
