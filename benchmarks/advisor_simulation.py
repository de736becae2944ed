"""`python -m benchmarks.advisor_simulation`: does the threshold advisor find what is planted and nothing else, and does
level validity stay silent when there is nothing to say? Made-up companies, run through the models' own SQL. Too long
for a test; tests/test_level_validity.py runs a few seeds of it."""

import datetime
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy
import pandas

ACCOUNTS = 2_000
CHURN_BELOW, CHURN_ABOVE = 0.3, 0.1
STAYS_AS_IT_WAS = 0.7  # share of customers whose indicator is a year later what it was
TRAIN, TEST = datetime.date(2023, 6, 30), datetime.date(2024, 8, 31)
BUILT = ("marts.mart_level_validity", "marts.mart_threshold_advisor")
POLICIES = ("int_policy_sets", "int_policies")
ADVISOR = ("cuts", "places", "draws", "counts", "grid", "tests", "verdicts")
LEVEL_CHURN = (0.3, 0.22, 0.16, 0.1, 0.06, 0.03)


@dataclass(frozen=True)
class Found:
    """What the advisor made of one company."""

    steps_off: int | None  # grid steps between the best threshold in training and the one nearest to the planted one
    planted_is_useful: bool
    useless_is_useful: bool


def company_with_a_threshold(seed: int) -> tuple[float, pandas.DataFrame]:
    """The planted threshold, and the rows of int_advisor_windows: two indicators, of which only one matters."""
    random = numpy.random.default_rng(seed)
    threshold = random.uniform(0.2, 0.8)
    values = random.uniform(size=(2, ACCOUNTS))
    alive, years = numpy.full(ACCOUNTS, True), []
    for part, start in (("train", TRAIN), ("test", TEST)):
        churned = random.uniform(size=ACCOUNTS) < numpy.where(values[0] < threshold, CHURN_BELOW, CHURN_ABOVE)
        for key, value in zip(("planted", "useless"), values, strict=True):
            year = pandas.DataFrame({"account_id": range(ACCOUNTS), "metric_value": value, "is_churned": churned})
            years.append(year[alive].assign(metric_key=key, part=part, window_start_date=start))
        alive = alive & ~churned
        stays = random.uniform(size=values.shape) < STAYS_AS_IT_WAS
        values = numpy.where(stays, values, random.uniform(size=values.shape))
    rows = pandas.concat(years).assign(product_profile="all", direction="higher", product_id="p")
    rows["account_id"] = f"company {seed} customer " + rows["account_id"].astype(str)
    return threshold, rows


def advise(chain, seed: int) -> Found:
    threshold, rows = company_with_a_threshold(seed)
    replace_table(chain, "int_advisor_windows", rows)
    chain.rebuild(*POLICIES, *(f"int_advisor_{step}" for step in ADVISOR), "mart_threshold_advisor")
    grid = chain.query(
        """select metric_key, cut_number, cut_value, is_best_in_training, is_useful
        from marts.mart_threshold_advisor order by metric_key, cut_number"""
    )
    planted = [row for row in grid if row[0] == "planted"]
    nearest = min(planted, key=lambda row: abs(row[2] - threshold))[1]
    best = [number for _, number, _, is_best, _ in planted if is_best]
    return Found(
        steps_off=abs(best[0] - nearest) if best else None,
        planted_is_useful=planted[0][4],
        useless_is_useful=any(row[4] for row in grid if row[0] == "useless"),
    )


def company_with_levels(seed: int, accounts: int = 600) -> tuple[pandas.DataFrame, numpy.ndarray]:
    """Up to three years of one or two products of customers of which some are frail, and the level of every customer in
    every year, also in those it was no customer in: only so can a whole history of levels be handed to another one."""
    random = numpy.random.default_rng(seed)
    steps = random.integers(-1, 2, size=(accounts, 3))
    levels = numpy.empty((accounts, 3), dtype=int)
    levels[:, 0] = random.integers(0, 6, size=accounts)
    for year in (1, 2):
        levels[:, year] = numpy.clip(levels[:, year - 1] + steps[:, year], 0, 5)
    rows = []
    for account in range(accounts):
        frailty = random.gamma(2.0, 0.5)
        alive = ["p", "q"][: 1 + int(random.uniform() < 0.3)]
        for year in range(int(random.integers(0, 3)), 3):
            risk = min(frailty * LEVEL_CHURN[levels[account, year]], 0.9)
            churned = {product for product in alive if random.uniform() < risk}
            rows += [(account, year, product, product in churned) for product in alive]
            alive = [product for product in alive if product not in churned]
    return pandas.DataFrame(rows, columns=["account", "year", "product_id", "is_churned"]), levels


def on_levels(years: pandas.DataFrame, levels: numpy.ndarray) -> pandas.DataFrame:
    """The rows of int_level_windows."""
    return pandas.DataFrame(
        {
            "product_profile": "all",
            "window_start_date": [datetime.date(2022 + year, 8, 31) for year in years["year"]],
            "account_id": "a" + years["account"].astype(str),
            "product_id": years["product_id"],
            "success_level": levels[years["account"], years["year"]],
            "is_churned": years["is_churned"],
            "mrr_start": 100,
            "mrr_end": numpy.where(years["is_churned"], 0, 100),
        }
    )


def shuffled(levels: numpy.ndarray, seed: int) -> numpy.ndarray:
    """Every customer gets the levels of a whole other one."""
    return levels[numpy.random.default_rng(seed).permutation(len(levels))]


def judge(chain, windows: pandas.DataFrame) -> tuple[str, float, float]:
    """Verdict on the levels, and the p-values of both tests."""
    replace_table(chain, "int_level_windows", windows)
    chain.rebuild(*POLICIES, "int_level_steps", "int_level_trends", "mart_level_validity")
    return chain.query(
        "select verdict, trend_p_value, trend_p_value_between_customers from marts.mart_level_validity limit 1"
    )[0]


def replace_table(chain, table: str, rows: pandas.DataFrame) -> None:
    chain.connection.register("made_up", rows)
    chain.connection.execute(f"create or replace table intermediate.{table} as from made_up")
    chain.connection.unregister("made_up")


def main(seeds: int) -> bool:
    from tests.model_chain import ModelChain

    with tempfile.TemporaryDirectory(prefix="csw-simulation-") as folder:
        chain = ModelChain(Path(folder), BUILT)
        found = [advise(chain, seed) for seed in range(seeds)]
        years, levels = company_with_levels(0)
        real = judge(chain, on_levels(years, levels))
        shuffles = [judge(chain, on_levels(years, shuffled(levels, seed))) for seed in range(seeds)]
    within_a_step = sum(one.steps_off is not None and one.steps_off <= 1 for one in found)
    exact = sum(one.steps_off == 0 for one in found)
    useful = sum(one.planted_is_useful for one in found)
    silent = sum(not one.useless_is_useful for one in found)
    quiet = sum(verdict == "no_separation" for verdict, *_ in shuffles)
    print(f"planted threshold: within one grid step in {within_a_step} of {seeds} ({exact} on it), useful in {useful}")
    print(f"useless indicator: named useless in {silent} of {seeds}")
    print(f"levels as they were: {real[0]} (p {real[1]:.1e}, between customers {real[2]:.1e})")
    print(f"levels shuffled by customer: no_separation in {quiet} of {seeds};", end=" ")
    plain, between = (sum(p[i] >= 0.05 for p in shuffles) for i in (1, 2))
    print(f"by the plain test alone {plain}, between customers alone {between}")
    return min(within_a_step, silent) >= 0.9 * seeds and 0.9 * seeds <= quiet <= 0.99 * seeds


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 100) else 1)
