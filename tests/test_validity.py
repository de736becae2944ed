"""Whether scores are held against what became of the customers as statisticians do it: the models' own SQL on windows
that a test makes up, beside scipy and statsmodels (scikit-learn is no dependency: the rank-sum test gives the AUC), and
on rows worked out by hand."""

import datetime
from collections.abc import Iterable

import numpy as np
import pyarrow
import pytest
from model_chain import ModelChain
from scipy.stats import mannwhitneyu
from statsmodels.stats.proportion import proportion_confint

READ = [
    "marts.mart_score_validity marts.mart_score_calibration marts.mart_component_validity",
    "marts.mart_score_version_compare",
]
SCORES = ("int_score_scoped", "int_score_auc", "int_score_account_bands", "int_score_deciles", "int_score_ends")
WHOLE = "phase = 'all' and product_profile = 'all' and population = 'everybody'"
START = datetime.date(2024, 6, 30)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    compiled = ModelChain(tmp_path_factory.mktemp("compiled"), READ)
    bands = "('red', 0.0e0, 50.0e0), ('yellow', 50, 75), ('green', 75, 100.000001)"
    compiled.query(f"""create or replace table reference.health_bands as
        select 'health' as score_kind, * from (values {bands}) as t(band, minimum, below_maximum)""")
    return compiled


def give(chain: ModelChain, minimum: int, **tables: Iterable[dict]) -> None:
    """These rows stand in the intermediate tables, and so many churned accounts make a figure reportable."""
    for name, rows in tables.items():
        chain.connection.register("given", pyarrow.Table.from_pylist(list(rows)))
        chain.query(f"create or replace table intermediate.{name} as from given")
    chain.query(f"""create or replace table intermediate.int_policies as
        select {minimum} as validity_min_churned, 200 as bootstrap_draws""")
    chain.rebuild("int_bootstrap_weights")


def band(score: float | None) -> str:
    return "no_data" if score is None else "red" if score < 50 else "yellow" if score < 75 else "green"


def window(account_id: str, score: float | None, is_churned: bool, month: int = 0, **told: object) -> dict:
    """A window of a quarter, of an account and its one product, scored by the version in force."""
    return {
        "window_start_date": START - datetime.timedelta(days=30 * month),
        "horizon_months": 3,
        "account_id": account_id,
        "product_id": "p",
        "profile_version": "v1",
        "is_in_force": True,
        "product_profile": "tool-like",
        "phase": "adoption",
        "score": None if score is None else float(score),
        "band": band(score),
        "mrr_start": 100,
        "could_churn": True,
        "is_churned": bool(is_churned),
        "months_to_renewal": 1,
        "ended_date": None,
        **told,
    }


def judge(chain: ModelChain, windows: list[dict], bands: list[dict] | None = None, minimum: int = 1) -> None:
    """Validity and calibration of these windows."""
    nothing = [{**windows[0], "as_of_date": START}]
    give(chain, minimum, int_score_windows=windows, int_churn_windows=windows, int_score_bands=bands or nothing)
    chain.query("alter table intermediate.int_score_windows alter ended_date type date")
    chain.rebuild(*SCORES)
    chain.rebuild("int_score_warnings", "mart_score_validity", "mart_score_calibration")


def one(chain: ModelChain, columns: str, mart: str = "mart_score_validity", where: str = WHOLE) -> tuple:
    [row] = chain.query(f"select {columns} from marts.{mart} where {where}")
    return row


@pytest.mark.parametrize("seed", range(3))
def test_the_auc_is_that_of_the_rank_sum_test_ties_and_all(chain: ModelChain, seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores, churned = draw.integers(0, 100, 400) / 3, draw.random(400) < 0.3
    judge(chain, [window(f"a{i % 90}", s, c, i // 90) for i, (s, c) in enumerate(zip(scores, churned, strict=True))])
    auc, low, high = one(chain, "auc, auc_low, auc_high")
    assert auc == pytest.approx(
        mannwhitneyu(scores[~churned], scores[churned]).statistic / churned.sum() / (~churned).sum(), abs=1e-12
    )
    assert low < auc < high


@pytest.mark.parametrize(("churned", "kept"), [(1, 9), (13, 87), (40, 3)])
def test_wilsons_interval_is_that_of_statsmodels(chain: ModelChain, churned: int, kept: int) -> None:
    """One window an account: as many independent windows as there are."""
    judge(chain, [window(f"a{i}", 20, i < churned) for i in range(churned + kept)])
    counted = "windows, effective_n, churn_rate, churn_rate_low, churn_rate_high"
    windows, effective, rate, *interval = one(chain, counted, "mart_score_calibration", f"{WHOLE} and band = 'red'")
    assert (windows, rate) == (churned + kept, pytest.approx(churned / (churned + kept)))
    assert effective == pytest.approx(windows, abs=1e-9)
    assert interval == pytest.approx(proportion_confint(churned, windows, method="wilson"), abs=1e-9)


def test_windows_of_one_account_count_as_much_as_they_differ(chain: ModelChain) -> None:
    """20 accounts with 12 windows each, 5 of them churned in all: as good as 20 windows, not 240."""
    judge(chain, [window(f"a{i}", 20, i < 5, month) for i in range(20) for month in range(12)])
    effective, *interval = one(
        chain, "effective_n, churn_rate_low, churn_rate_high", "mart_score_calibration", f"{WHOLE} and band = 'red'"
    )
    # The variance between 20 accounts is 20 / 19 x 0.25 x 0.75 / 20; of 240 independent windows 0.25 x 0.75 / 239.
    assert effective == pytest.approx(240 * 19 / 239, abs=1e-6)
    assert interval == pytest.approx(proportion_confint(0.25 * effective, effective, method="wilson"), abs=1e-9)


def test_who_knows_everything_has_an_auc_of_one_and_who_knows_the_opposite_is_told(chain: ModelChain) -> None:
    judge(chain, [window(f"a{i}", i, i < 20) for i in range(40)], minimum=10)
    figures = "auc, auc_low, auc_high, verdict, null_reason"
    assert one(chain, figures) == (1.0, 1.0, 1.0, "separates", None)
    judge(chain, [window(f"a{i}", i, i >= 20) for i in range(40)], minimum=10)
    assert one(chain, figures) == (0.0, 0.0, 0.0, "against", None)
    judge(chain, [window(f"a{i}", 7, i >= 20) for i in range(40)], minimum=10)
    assert one(chain, figures) == (0.5, 0.5, 0.5, "no_separation", None)
    # The windows of few accounts are few, however many months they stand for.
    judge(chain, [window(f"a{i}", i, i < 9, month) for i in range(40) for month in range(12)], minimum=10)
    assert one(chain, figures) == (None, None, None, "not_reportable", "too_few_churned_accounts")


def histories(draw: np.random.Generator, accounts: int, months: int, churners: int) -> tuple[np.ndarray, list]:
    """Scores that wander, a row an account, and its windows: those that end after it has left are churned."""
    start, steps = draw.normal(60, 20, (accounts, 1)), draw.normal(0, 4, (accounts, months))
    scores = np.clip(np.round(start + steps.cumsum(axis=1)), 0, 100)
    left = [draw.integers(2, months) if account < churners else months + 99 for account in range(accounts)]
    return scores, [(a, m, m + 12 >= left[a]) for a in range(accounts) for m in range(months) if m < left[a]]


def test_of_a_hundred_shuffles_of_whole_histories_the_intervals_hold_one_half_as_often_as_they_say(
    chain: ModelChain,
) -> None:
    """Each shuffle is a version of the score: every account has the whole history of scores of another."""
    draw = np.random.default_rng(1)
    scores, windows = histories(draw, accounts=100, months=18, churners=30)
    shuffles = [draw.permutation(len(scores)) for _ in range(100)]
    judge(
        chain,
        [
            window(f"a{account}", scores[shuffled[account], month], is_churned, month, profile_version=f"v{number}")
            for number, shuffled in enumerate(shuffles)
            for account, month, is_churned in windows
        ],
        minimum=10,
    )
    held = one(chain, "count_if(0.5 between auc_low and auc_high), count(*), count_if(verdict = 'no_separation')")
    assert held[1] == 100
    assert 90 <= held[0] <= 99
    assert held[0] == held[2]


def test_the_same_rows_give_the_same_draws(chain: ModelChain) -> None:
    draw = np.random.default_rng(5)
    windows = [window(f"a{i}", draw.integers(0, 100), draw.random() < 0.3) for i in range(100)]
    judge(chain, windows)
    first = chain.query("from marts.mart_score_validity order by all")
    judge(chain, windows[::-1])
    assert chain.query("from marts.mart_score_validity order by all") == first


def test_lift_recall_false_alarms_and_warning_times_as_worked_out_by_hand(chain: ModelChain) -> None:
    """a, b and c leave on 10 July 2024; 90 days before is 11 April. Nobody is looked at between 4 and 11 April but b.

    a: green on 31 March (11 days off; 30 April is 19 off). Red on 30 June after yellow: 10 days. What stood in July,
       after the end, is not asked. b: yellow on 10 April, the newest day of that week. Red since 31 May, since 30 April
       had no colour: 40 days. c: no colour on 31 March: unknown. Green at the end: never warned."""
    left = {"ended_date": datetime.date(2024, 7, 10)}
    said = {
        "a": {"2024-03-31": 80, "2024-04-30": 20, "2024-05-31": 60, "2024-06-30": 20, "2024-07-31": 80},
        "b": {
            "2024-03-31": 20,
            "2024-04-05": 20,
            "2024-04-10": 60,
            "2024-04-30": None,
            "2024-05-31": 30,
            "2024-06-30": 30,
        },
        "c": {"2024-03-31": None, "2024-04-30": 80, "2024-06-30": 80},
    }
    judge(
        chain,
        [
            *(window(account, said[account]["2024-06-30"], True, **left) for account in "abc"),
            # The same end seen by another window counts once.
            window("c", None, True, 1, **left),
            *(window(account, score, False) for account, score in zip("def", (40, 90, 60), strict=True)),
        ],
        [
            {**window(account, score, True), "as_of_date": datetime.date.fromisoformat(day)}
            for account, days in said.items()
            for day, score in days.items()
        ],
    )
    # a (20) and b (30) are below all that stayed (40, 90, 60), c (80) is below one: 7 of 9 pairs. Of 6 windows the
    # lowest tenth is 0.6 of a's: all churn there, half do in all. Red: a, b and d.
    assert one(chain, "windows, auc, top_decile_lift, red_windows, red_recall, false_alarm_share") == (
        6,
        pytest.approx(7 / 9, abs=1e-15),
        2.0,
        3,
        pytest.approx(2 / 3, abs=1e-9),
        pytest.approx(1 / 3, abs=1e-9),
    )
    assert one(chain, "ends, ends_with_band_before, green_before_share, ends_red, median_lead_days") == (
        3,
        2,
        0.5,
        2,
        25,
    )
    # Colours and their absence add up to all seven windows.
    counted = f"select band, windows, churned_windows, null_reason from marts.mart_score_calibration where {WHOLE}"
    assert set(chain.query(counted)) == {
        ("red", 3, 2, None),
        ("yellow", 1, 0, "only_one_account"),
        ("green", 2, 1, None),
        ("no_data", 1, 1, "only_one_account"),
    }


def test_windows_tied_at_the_border_of_the_lowest_tenth_count_by_their_share(chain: ModelChain) -> None:
    """The lowest 2 of 20: the one with 10, which stayed, and a third of the three with 20, of which two left: 2/3 of a
    window in 2, against 4 in 20."""
    rest = [(50, i < 2) for i in range(16)]
    judge(
        chain,
        [window(f"a{i}", *told) for i, told in enumerate([(10, False), (20, True), (20, True), (20, False), *rest])],
    )
    assert one(chain, "top_decile_lift") == (pytest.approx((2 / 3 / 2) / (4 / 20), abs=1e-9),)


def test_a_component_that_only_knows_the_calendar_is_flagged_and_a_real_one_is_not(chain: ModelChain) -> None:
    """Half of those due next month leave, a tenth of the others. `calendar` scores the months to renewal; `use` is
    lower where somebody leaves, `noise` is not; `backwards` is higher."""
    draw = np.random.default_rng(3)
    windows = [
        window(f"a{i % 150}", None, draw.random() < (0.5 if months == 1 else 0.1), i // 150, months_to_renewal=months)
        for i, months in enumerate(draw.integers(1, 7, 600).tolist())
    ]
    scores = {
        "calendar": lambda row: 10 * row["months_to_renewal"],
        "use": lambda row: round(draw.normal(45 if row["is_churned"] else 60, 15)),
        "noise": lambda row: round(draw.normal(50, 15)),
        "backwards": lambda row: round(draw.normal(70 if row["is_churned"] else 50, 15)),
    }
    components = [
        {
            **row,
            "as_of_date": row["window_start_date"],
            "score_kind": "health",
            "component_key": key,
            "score": float(score(row)),
        }
        for row in windows
        for key, score in scores.items()
    ]
    give(chain, 10, int_churn_windows=windows, int_health_components=components)
    chain.rebuild("int_component_accounts", "mart_component_validity")
    read = {
        key: row
        for key, *row in chain.query("select component_key, reading, calendar_auc from marts.mart_component_validity")
    }
    assert {key: reading for key, (reading, _) in read.items()} == {
        "calendar": "only_calendar",
        "use": "separates",
        "noise": "no_separation",
        "backwards": "against",
    }
    # Inside a month to renewal it is the same for all.
    assert read["calendar"][1] == 0.5


def test_two_versions_are_compared_over_the_windows_that_both_scored(chain: ModelChain) -> None:
    """v1 knows who leaves, v2 has the scores of the accounts in reverse: those that were red (4) and green (6) change
    places but for two in the middle."""
    scores = {f"a{i:02}": score for i, score in enumerate([10, 20, 30, 40, 55, 60, 80, 85, 90, 95])}
    reverse = dict(zip(scores, reversed(scores.values()), strict=True))
    rows = [
        window(account, of[account], i < 4, profile_version=version, is_in_force=version == "v1")
        for version, of in (("v1", scores), ("v2", reverse))
        for i, account in enumerate(scores)
    ]
    rows.append(window("b", 50, True, profile_version="v1"))
    judge(chain, rows)
    chain.rebuild("int_version_pairs", "int_version_auc", "mart_score_version_compare")
    moved = "version_a, version_b, windows, to_better, to_worse, unchanged, changed_share"
    # v1: 10 20 30 40 leave. v2: 95 90 85 80 leave: all four better, the last four worse, 55 and 60 yellow in both.
    assert one(chain, f"{moved}, auc_a, auc_b, auc_difference, verdict", "mart_score_version_compare", "true") == (
        "v1",
        "v2",
        10,
        4,
        4,
        2,
        0.8,
        1.0,
        0.0,
        -1.0,
        "a_better",
    )
    # The version that was not in force is no part of the proof.
    assert chain.query("select distinct profile_version from marts.mart_score_validity") == [("v1",)]
