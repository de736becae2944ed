"""Which weights of the health score would have told better who leaves (L5): log-losses against scipy, the sets that are
tried, and a few of the companies that benchmarks/weight_simulation.py makes up."""

import numpy
import pandas
import pytest
from model_chain import ModelChain
from scipy.optimize import isotonic_regression

from benchmarks.weight_simulation import ALL_NOISE, AS_GOOD_AS_ANY, BUILT, NOISE_IN_FRONT, advise, weigh, windows

SEEDS = range(5)
KEYS = ["account_id", "window_start_date"]


def log_loss(lost: pandas.Series, expected: pandas.Series | float) -> float:
    return -numpy.log(numpy.where(lost == 1, expected, 1 - expected)).mean()


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), BUILT)


@pytest.mark.parametrize("seed", SEEDS)
def test_weight_is_taken_from_noise(chain: ModelChain, seed: int) -> None:
    found = advise(chain, NOISE_IN_FRONT, seed)
    assert found.verdict == "proposes"
    assert found.proposed["noise"] < found.current["noise"] == 50
    assert sum(found.proposed.values()) == 100


def test_weights_are_kept_where_all_is_noise_or_others_are_no_better(chain: ModelChain) -> None:
    for company in (ALL_NOISE, AS_GOOD_AS_ANY):
        found = [advise(chain, company, seed) for seed in SEEDS]
        assert [one.verdict for one in found].count("keep") >= 4
        assert all(one.proposed == one.current for one in found if one.verdict == "keep")


@pytest.mark.parametrize("seed", SEEDS)
def test_log_losses_are_those_of_an_isotonic_fit_by_scipy(chain: ModelChain, seed: int) -> None:
    # Half of one component is unknown: where 60 of 100 points are not known, there is no score.
    rows = windows(NOISE_IN_FRONT, seed, accounts=300)
    unknown = numpy.random.default_rng(seed).uniform(size=len(rows)) < 0.5
    rows["score"] = rows["score"].round(-1).where(~(unknown & (rows["component_key"] == "noise")))
    weights = {"noise": 60, "logins": 30, "seats": 10}
    points = pandas.Series(weights, dtype=float)
    weigh(chain, weights, rows)
    wide = rows.pivot(index=[*KEYS, "part", "is_churned"], columns="component_key", values="score").reset_index()
    known = wide[list(weights)].notna().astype(float) @ points
    wide["score"] = (wide[list(weights)].fillna(0) @ points / known).round(9).where(known >= 50)
    wide["lost"] = wide["is_churned"].astype(int)
    train = wide[wide["part"] == "train"]
    churn_of_all = (train["lost"].sum() + 0.5) / (len(train) + 1)
    scored = train.dropna(subset="score").copy()
    scored["fifth"] = numpy.floor(5 * (scored["score"].rank(method="min") - 1) / len(scored))
    fifths = scored.groupby("fifth").agg(lowest=("score", "min"), years=("lost", "size"), lost=("lost", "sum"))
    years = fifths["years"] + 1
    fit = isotonic_regression((fifths["lost"] + churn_of_all) / years, weights=years, increasing=False).x
    place = numpy.searchsorted(fifths["lowest"], wide["score"], side="right").clip(min=1) - 1
    wide["expected"] = numpy.where(wide["score"].isna(), churn_of_all, fit[place.clip(max=len(fit) - 1)])
    found = chain.query(
        """select train_log_loss, test_log_loss, test_log_loss_without_score from intermediate.int_weight_grid
        where candidate_number = 0"""
    )[0]
    test = wide[wide["part"] == "test"]
    assert wide["score"].isna().any() and len(fifths) > 1
    expected = [log_loss(part["lost"], part["expected"]) for part in (wide[wide["part"] == "train"], test)]
    assert found[:2] == pytest.approx(expected, abs=2e-9)
    assert found[2] == pytest.approx(log_loss(test["lost"], churn_of_all), abs=2e-9)


def pd_weights(weights: dict[str, float]) -> pandas.Series:
    return pandas.Series(weights, dtype=float)


def test_every_set_of_weights_adds_up_and_is_near(chain: ModelChain) -> None:
    current = {"a": 45, "b": 20, "c": 20, "d": 15}
    weigh(chain, current, windows(NOISE_IN_FRONT, 0, accounts=10))
    sets: dict[int, dict[str, float]] = {}
    for number, key, weight in chain.query(
        "select candidate_number, component_key, weight from intermediate.int_weight_candidates"
    ):
        sets.setdefault(number, {})[key] = float(weight)
    assert sets.pop(0) == current
    # a gives 10, 20 or 30 to three others, b and c 10 or 20, d 10; and four times one is done without
    assert len(sets) == 3 * (3 + 2 + 2 + 1) + 4
    assert all(sum(weights.values()) == 100 and min(weights.values()) >= 0 for weights in sets.values())
    # 45, 20 and 15 of 80 points are 56.25, 25 and 18.75
    assert {"a": 56, "b": 25, "c": 0, "d": 19} in sets.values()
    # 20, 20 and 15 of 55 are 36.4, 36.4 and 27.3: what rounding leaves goes to the first
    assert {"a": 0, "b": 37, "c": 36, "d": 27} in sets.values()


def test_swaps_are_of_whole_customers_and_the_order_of_rows_is_nothing(chain: ModelChain) -> None:
    rows = windows(NOISE_IN_FRONT, 1, accounts=400)
    rows = pandas.concat([rows, rows.assign(product_id="q")])
    weigh(chain, NOISE_IN_FRONT.weights, rows)
    figures = chain.query("from marts.mart_weight_advisor order by all")
    swaps = chain.query("select draw, gain from intermediate.int_weight_swaps order by draw")
    assert [draw for draw, _ in swaps] == list(range(1, 201))
    # Products of one customer fare alike and are swapped together: no draw has a gain that parts them.
    assert chain.query("select distinct test_windows from intermediate.int_weight_gains order by 1") == [(0,), (2,)]
    weigh(chain, NOISE_IN_FRONT.weights, rows.sample(frac=1, random_state=1))
    assert chain.query("from marts.mart_weight_advisor order by all") == figures
    assert chain.query("select draw, gain from intermediate.int_weight_swaps order by draw") == swaps


def test_too_few_losses_are_not_judged(chain: ModelChain) -> None:
    rows = windows(NOISE_IN_FRONT, 0, accounts=30)
    found = weigh(chain, NOISE_IN_FRONT.weights, rows)
    assert (found.verdict, found.proposed["noise"], found.gain) == ("not_reportable", None, None)
    assert chain.query("select distinct null_reason from marts.mart_weight_advisor") == [("too_few_churned",)]
    weigh(chain, NOISE_IN_FRONT.weights, rows[rows["part"] == "train"])
    assert chain.query("select distinct null_reason from marts.mart_weight_advisor") == [("no_year_in_the_test",)]
    weigh(chain, NOISE_IN_FRONT.weights, rows[rows["part"] == "test"])
    reasons = chain.query("select distinct null_reason, verdict from marts.mart_weight_advisor")
    assert reasons == [("no_year_matured_before_the_test", "not_reportable")]
