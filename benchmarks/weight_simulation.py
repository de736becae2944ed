"""`python -m benchmarks.weight_simulation`: does the weight advisor take weight from a component that is noise, and
does it keep weights that are as good as any? Made-up companies, run through the models' own SQL. Too long for a test;
tests/test_weight_advisor.py runs a few seeds of it."""

import datetime
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy
import pandas

from benchmarks.advisor_simulation import POLICIES, TEST, TRAIN, replace_table

ACCOUNTS = 1_500
BUILT = ("marts.mart_weight_advisor",)
STEPS = (
    *("profiles", "changes", "candidates", "scores", "fifths", "curves"),
    *("losses", "grid", "gains", "swaps", "tests"),
)
STAYS_AS_IT_WAS = 0.7  # share of customers whose component is a year later what it was


@dataclass(frozen=True)
class Company:
    """Components with their weights now, and how much each really says about who leaves."""

    weights: dict[str, float]
    says: dict[str, float]


NOISE_IN_FRONT = Company({"noise": 50, "logins": 25, "seats": 25}, {"noise": 0, "logins": 1, "seats": 1})
ALL_NOISE = Company({"noise": 50, "logins": 25, "seats": 25}, {"noise": 0, "logins": 0, "seats": 0})
AS_GOOD_AS_ANY = Company({"noise": 0, "logins": 50, "seats": 50}, {"noise": 0, "logins": 1, "seats": 1})


@dataclass(frozen=True)
class Advice:
    verdict: str
    current: dict[str, float]
    proposed: dict[str, float]
    gain: float
    p_value: float


def windows(company: Company, seed: int, accounts: int = ACCOUNTS) -> pandas.DataFrame:
    """The rows of int_weight_windows: a year of training of everybody, and one of test of those who stayed."""
    random = numpy.random.default_rng(seed)
    says = numpy.array([company.says[key] for key in company.weights])
    scores = random.uniform(0, 100, size=(len(says), accounts))
    alive, years = numpy.full(accounts, True), []
    for part, start in (("train", TRAIN), ("test", TEST)):
        # About one in six leaves; with a component that says 1, the odds double for every 23 points less.
        risk = 1 / (1 + numpy.exp(1.8 + 0.03 * says @ (scores - 50)))
        churned = random.uniform(size=accounts) < risk
        for key, score in zip(company.weights, scores, strict=True):
            year = pandas.DataFrame({"account_id": range(accounts), "score": score, "is_churned": churned})
            years.append(year[alive].assign(component_key=key, part=part, window_start_date=start))
        alive = alive & ~churned
        stays = random.uniform(size=scores.shape) < STAYS_AS_IT_WAS
        scores = numpy.where(stays, scores, random.uniform(0, 100, size=scores.shape))
    rows = pandas.concat(years).assign(scored_by="1 default/all", product_id="p")
    rows["account_id"] = f"company {seed} customer " + rows["account_id"].astype(str)
    return rows


def weigh(chain, weights: dict[str, float], rows: pandas.DataFrame, scored_by: str = "1 default/all") -> Advice:
    """What the advisor makes of a profile with these weights and histories."""
    profile = [
        {"scored_by": scored_by, "component_key": key, "metric_key": key, "weight": float(weight)}
        for key, weight in weights.items()
    ]
    in_force = {"score_kind": "health", "profile_version": "1", "valid_from": datetime.date(2000, 1, 1)}
    replace_table(chain, "int_score_profiles", pandas.DataFrame(profile).assign(**in_force))
    chain.query("alter table intermediate.int_score_profiles add column valid_to_exclusive date")
    spine = {"as_of_date": [datetime.date(2026, 11, 21)], "is_latest": [True]}
    replace_table(chain, "int_as_of_spine", pandas.DataFrame(spine))
    replace_table(chain, "int_weight_windows", rows)
    chain.rebuild(*POLICIES, *(f"int_weight_{step}" for step in STEPS), "mart_weight_advisor")
    found = chain.query(
        """select component_key, current_weight, proposed_weight, verdict, gain, p_value
        from marts.mart_weight_advisor order by component_key"""
    )
    return Advice(
        verdict=found[0][3],
        current={row[0]: row[1] for row in found},
        proposed={row[0]: row[2] for row in found},
        gain=found[0][4],
        p_value=found[0][5],
    )


def advise(chain, company: Company, seed: int) -> Advice:
    return weigh(chain, company.weights, windows(company, seed))


def main(seeds: int) -> bool:
    from tests.model_chain import ModelChain

    with tempfile.TemporaryDirectory(prefix="csw-simulation-") as folder:
        chain = ModelChain(Path(folder), BUILT)
        found = {
            name: [advise(chain, company, seed) for seed in range(seeds)]
            for name, company in [("front", NOISE_IN_FRONT), ("all", ALL_NOISE), ("good", AS_GOOD_AS_ANY)]
        }
    lowered = sum(one.verdict == "proposes" and one.proposed["noise"] < 50 for one in found["front"])
    kept_noise, kept_good = (sum(one.verdict == "keep" for one in found[name]) for name in ("all", "good"))
    print(f"half the weight on noise: the proposal lowers it in {lowered} of {seeds}")
    print(f"nothing but noise: weights are kept in {kept_noise} of {seeds}")
    print(f"weights as good as any: kept in {kept_good} of {seeds}")
    return min(lowered, kept_noise, kept_good) >= 0.9 * seeds


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 100) else 1)
