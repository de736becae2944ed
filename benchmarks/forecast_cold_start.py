"""`python -m benchmarks.forecast_cold_start`: a company that begins to keep books: how far expected NRR is from the
oracle after so many month ends, and what it rests on. The stationary company of the forecast simulation, whose history
before is taken away (docs/forecast_simulation.md)."""

import dataclasses
import sys
import tempfile
from pathlib import Path

import pandas
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import forecast_company as company_of
from benchmarks import forecast_simulation as simulation
from benchmarks.forecast_bounds import rms

MONTH_ENDS = (1, 6, 14, 15, 20, 26, 36, 48)  # the first window matures on the fifteenth
BASES = ("assumed", "blended", "observed")


def until(company: company_of.Company, month: int) -> company_of.Company:
    """The panel as it stood on a month end; what became of it is left out."""
    panel = {name: getattr(company, name)[: month + 1] for name in company_of.PANEL}
    return dataclasses.replace(company, **panel, later=company.later[:0])


def measure(chain, seed: int) -> list[dict[str, float]]:
    """A row per length of history: forecast less oracle, and the shares of MRR whose rates are assumed, blended and
    observed."""
    company, found = company_of.simulate(company_of.SCENARIOS[0], seed), []
    for month_ends in MONTH_ENDS:
        month = month_ends - 1
        now = company.mrr[month].sum()
        known = company_of.oracle(until(company, month)).sum()
        expected = simulation.forecast(chain, company, month).sum()
        rows = chain.query("select basis, sum(mrr) from intermediate.int_book_expectations group by 1")
        shares = {basis: float(mrr) / now for basis, mrr in rows}
        row = {"month ends": month_ends, "seed": seed, "error": (expected - known) / now}
        found.append(row | {basis: shares.get(basis, 0.0) for basis in BASES})
    return found


def main(seeds: int) -> bool:
    """Whether the error after the whole history is smaller than before any window has matured."""
    from tests.model_chain import ModelChain

    with tempfile.TemporaryDirectory(prefix="csw-simulation-") as folder:
        chain = ModelChain(Path(folder), simulation.BUILT)
        rows = pandas.DataFrame([row for seed in track(range(seeds), "companies") for row in measure(chain, seed)])
    table = Table(title=f"Forecast − oracle by length of history, points, {seeds} seeds of the stationary company")
    for heading in ("month ends", "mean", "root mean square", *(f"{basis}, %" for basis in BASES)):
        table.add_column(heading, justify="right")
    for month_ends, mine in rows.groupby("month ends"):
        errors = f"{100 * mine['error'].mean():.2f}", f"{100 * rms(mine['error']):.2f}"
        table.add_row(str(month_ends), *errors, *(f"{100 * mine[basis].mean():.0f}" for basis in BASES))
    Console().print(table)
    first, last = (rms(rows.loc[rows["month ends"] == number, "error"]) for number in (MONTH_ENDS[0], MONTH_ENDS[-1]))
    return last < first


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 20) else 1)
