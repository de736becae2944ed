"""Do the success levels tell who stays, and which threshold would (L3, L4, L5): statistics against statsmodels and
scipy, moves worked by hand, and a few of the companies that benchmarks/advisor_simulation.py makes up."""

import datetime
import random

import numpy
import pandas
import pytest
from model_chain import ModelChain
from scipy.stats import norm
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from benchmarks.advisor_simulation import (
    ADVISOR,
    BUILT,
    POLICIES,
    advise,
    company_with_levels,
    judge,
    on_levels,
    replace_table,
    shuffled,
)

DAY = datetime.date.fromisoformat
SEEDS = range(5)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), (*BUILT, "marts.mart_level_transition"))


def years(rows: list[tuple[str, int | None, bool]]) -> pandas.DataFrame:
    """A year each of these customers, levels and outcomes, 100 of MRR at its start."""
    made = pandas.DataFrame(rows, columns=["account_id", "success_level", "is_churned"])
    made["success_level"] = made["success_level"].astype("Int64")
    return made.assign(
        product_profile="all",
        window_start_date=DAY("2024-08-31"),
        product_id="p",
        mrr_start=100,
        mrr_end=numpy.where(made["is_churned"], 0, 100),
    )


def validity(chain: ModelChain, rows: pandas.DataFrame) -> pandas.DataFrame:
    judge(chain, rows)
    return chain.connection.sql("from marts.mart_level_validity order by success_level").df()


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_and_trend_equal_statsmodels(chain: ModelChain, seed: int) -> None:
    draw = random.Random(seed)
    levels = [level for level in range(6) for _ in range(draw.randint(1, 200))]
    rates = [draw.uniform(0, 0.6) for _ in range(6)] if seed else [0.9, 0, 0, 0, 0, 0]  # also shares of none
    found = validity(chain, years([(f"a{i}", level, draw.random() < rates[level]) for i, level in enumerate(levels)]))
    lost, all_of = found["churned"].to_numpy(), found["windows"].to_numpy()
    low, high = proportion_confint(lost, all_of, method="wilson")
    assert found["churn_rate_low"].to_numpy() == pytest.approx(low, abs=1e-9)
    assert found["churn_rate_high"].to_numpy() == pytest.approx(high, abs=1e-9)
    for level in range(1, 6):
        expected = confint_proportions_2indep(
            lost[level], all_of[level], lost[level - 1], all_of[level - 1], method="newcomb"
        )
        assert found.loc[level, ["churn_difference_low", "churn_difference_high"]].tolist() == pytest.approx(
            expected, abs=1e-9
        )
    counts = Table(numpy.array([all_of - lost, lost]), shift_zeros=False)
    trend = counts.test_ordinal_association(col_scores=numpy.arange(6))
    assert found["trend_z"][0] == pytest.approx(trend.zscore, abs=1e-9)
    assert found["trend_p_value"][0] == pytest.approx(trend.pvalue, abs=1e-9)


def test_p_values_are_those_of_the_normal_distribution(chain: ModelChain) -> None:
    sql = next(node for node in chain.order if node["name"] == "int_level_trends")["compiled_code"]
    formula = sql.split("as trend_p_value,")[0].rsplit("trend_z,\n", 1)[1]
    for z in (*numpy.linspace(-7.2, 7.2, 97), -30.0, 12.0):
        ((found,),) = chain.query(f"select {formula} from (select cast({z} as double) as trend_z)")
        assert found == pytest.approx(2 * norm.sf(abs(z)), rel=1e-12, abs=1e-14)


def test_years_of_one_customer_do_not_count_as_several(chain: ModelChain) -> None:
    # 40 customers, and the same ones with 9 products that fare alike: only the plain test takes them for more.
    few = years([(f"a{i}", i % 2, i % 5 == 0 or i % 8 == 0) for i in range(40)])
    many = pandas.concat([few.assign(product_id=f"p{number}") for number in range(9)])
    one_each, nine_each = validity(chain, few).iloc[0], validity(chain, many).iloc[0]
    same = "trend_p_value_between_customers"
    assert nine_each[same] == pytest.approx(one_each[same], abs=1e-9)
    assert nine_each["trend_z"] / one_each["trend_z"] == pytest.approx((359 / 39) ** 0.5, abs=1e-8)
    assert (one_each["verdict"], nine_each["verdict"]) == ("no_separation", "no_separation")


def test_a_profile_is_judged_when_there_is_enough_to_judge(chain: ModelChain) -> None:
    falling = [(f"a{i}", i % 3, i % 3 == 0 and i % 2 == 0) for i in range(120)]  # 20 lost, all on level 0
    found = validity(chain, years([*falling, ("u", None, True)]))
    assert found["verdict"].unique().tolist() == ["separates"]
    assert found["levels_not_separating"].unique().tolist() == ["2"]  # no better than 1, which loses nobody either
    known = found[found["success_level"].notna()]
    assert known["separates_from_below"].tolist()[1:] == [True, False]
    rising = validity(chain, years([(name, 2 - level, lost) for name, level, lost in falling]))
    assert rising["verdict"].unique().tolist() == ["wrong_way"]
    assert not rising["is_monotone"].any()
    nine_lost = validity(chain, years([(name, level, lost and int(name[1:]) < 54) for name, level, lost in falling]))
    assert nine_lost["trend_null_reason"].unique().tolist() == ["too_few_churned"]
    one_level = validity(chain, years([(name, 1, lost) for name, _, lost in falling]))
    assert one_level["trend_null_reason"].unique().tolist() == ["fewer_than_two_levels"]


def test_levels_that_matter_separate_and_shuffled_ones_do_not(chain: ModelChain) -> None:
    of_years, levels = company_with_levels(0)
    assert judge(chain, on_levels(of_years, levels))[0] == "separates"
    assert [judge(chain, on_levels(of_years, shuffled(levels, seed)))[0] for seed in SEEDS].count("no_separation") >= 4


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planted_threshold_is_found_and_the_useless_indicator_named(chain: ModelChain, seed: int) -> None:
    found = advise(chain, seed)
    assert found.steps_off is not None and found.steps_off <= 1
    assert (found.planted_is_useful, found.useless_is_useful) == (True, False)


def test_what_a_threshold_gains_is_worked_by_hand(chain: ModelChain) -> None:
    # Training: below 5 three of four are lost, from 5 on one of four; test: below two of two, above none of two.
    rows = [
        *(("train", f"t{i}", value, lost) for i, (value, lost) in enumerate([*[(1, 1)] * 3, (1, 0), (5, 1)])),
        *(("train", f"k{i}", 5, 0) for i in range(3)),
        *(("test", f"l{i}", 1, 1) for i in range(2)),
        *(("test", f"s{i}", 5, 0) for i in range(2)),
    ]
    made = pandas.DataFrame(rows, columns=["part", "account_id", "metric_value", "is_churned"])
    made = made.astype({"is_churned": bool, "metric_value": float})
    made = made.assign(product_profile="all", metric_key="logins_per_week", product_id="p", direction="higher")
    made["window_start_date"] = [DAY("2023-06-30" if part == "train" else "2024-08-31") for part in made["part"]]
    replace_table(chain, "int_advisor_windows", made)
    chain.rebuild(*POLICIES)
    chain.query("update intermediate.int_policies set validity_min_churned = 2")
    chain.rebuild(*(f"int_advisor_{step}" for step in ADVISOR))
    chain.rebuild("mart_threshold_advisor")
    found = chain.connection.sql("from marts.mart_threshold_advisor").df().to_dict("records")
    assert len(found) == 1  # 1 is the lowest value: only 5 parts anybody
    row = found[0]
    assert (row["cut_value"], row["quantile"], row["separation"], row["test_churn_rate_below"]) == (5, 0.55, 0.5, 1)
    # Shares with half a customer: 3.5 of 5 below, 1.5 of 5 above, 4.5 of 9 in all; of four, all as expected.
    assert row["test_gain"] == pytest.approx(numpy.log(0.7 / 0.5), abs=1e-9)
    assert row["train_gain"] == pytest.approx((6 * numpy.log(0.7 / 0.5) + 2 * numpy.log(0.3 / 0.5)) / 8, abs=1e-9)
    # Below, chance loses as many or more in training in 17 of 70 ways, and both of the test in one of 6: 17 / 420.
    assert row["p_value"] == pytest.approx(17 / 420, abs=0.04)
    assert row["adjusted_p_value"] == row["p_value"]  # nothing else competes
    assert row["current_conditions"] == "logs_in_weekly >= 1.0"


def test_a_shuffle_hands_on_whole_customers(chain: ModelChain) -> None:
    advise(chain, 0)
    lost = chain.query(
        """select draw, count(*), count(*) filter (part = 'test'), count(distinct account_id)
        from intermediate.int_advisor_draws group by draw order by draw"""
    )
    assert [draw for draw, *_ in lost] == list(range(201))
    assert len({tuple(counts) for _, *counts in lost}) == 1
    ((moved,),) = chain.query(
        """select count(*) filter (happened.account_id is null) / count(*)
        from intermediate.int_advisor_draws as drawn
        left join intermediate.int_advisor_draws as happened
            on happened.draw = 0 and drawn.account_id = happened.account_id and drawn.part = happened.part
        where drawn.draw > 0 and drawn.part = 'test'"""
    )
    assert moved > 0.5  # who was lost in training has as few years as the others lost then, and stays among them


def test_moves_between_levels_add_up(chain: ModelChain) -> None:
    # a rises, b is lost, c comes; February's end is March's start.
    ends = ("2025-01-31", "2025-02-28", "2025-03-31")
    held = {"a": (1, 2, 2), "b": (1, 0, None), "c": (None, 3, 1)}
    cells = [
        {"as_of_date": DAY(end), "account_id": name, "product_id": "p", "success_level": level, "mrr": 100 + 10 * i}
        for name, levels in held.items()
        for i, (end, level) in enumerate(zip(ends, levels, strict=True))
        if level is not None
    ]
    replace_table(chain, "int_book_cells", pandas.DataFrame(cells))
    replace_table(
        chain, "int_as_of_spine", pandas.DataFrame({"as_of_date": [DAY(end) for end in ends], "is_month_end": True})
    )
    units = pandas.DataFrame(cells)[["as_of_date", "account_id", "product_id"]].assign(product_profile="tool")
    replace_table(chain, "int_account_units", units)
    chain.rebuild("mart_level_transition")
    assert chain.query(
        """select month(month), from_level, to_level, direction, account_products, mrr_start, mrr_end
        from marts.mart_level_transition where product_profile = 'all' order by all"""
    ) == [
        (2, "1", "0", "down", 1, 100, 110),
        (2, "1", "2", "up", 1, 100, 110),
        (2, "new", "3", "new", 1, 0, 110),
        (3, "0", "churned", "churned", 1, 110, 0),
        (3, "2", "2", "same", 1, 110, 120),
        (3, "3", "1", "down", 1, 110, 120),
    ]
