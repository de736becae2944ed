"""Which touches led to a renewal (A2): pooled figures against statsmodels and a table worked by hand, on rows that a
test makes up, and who counts as touched and who as a control, from raw rows on."""

import datetime
import math
import random
from itertools import pairwise

import numpy
import pandas
import pytest
from model_chain import ModelChain
from statsmodels.stats.contingency_tables import StratifiedTable

from benchmarks.advisor_simulation import POLICIES, replace_table

DAY = datetime.date.fromisoformat
FIGURES = ("int_touch_tables", "int_touch_pooled", "int_touch_clusters", "int_touch_figures", "mart_touch_effect")
STRATUM = ("product_id", "success_level", "renewal_band", "health_band")
CAUTION = "touches aimed at customers at risk look harmful"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), ("marts.mart_touch_effect",))


def cycle(account_id: str, is_touched: bool, is_renewed: bool, level: str | None = "1", product_id: str = "p") -> dict:
    return {
        **{"touch_type": "call", "account_id": account_id, "product_id": product_id, "success_level": level},
        **{"renewal_band": "1-3", "health_band": "red", "is_touched": bool(is_touched), "is_renewed": bool(is_renewed)},
    }


def table(level: str, *counts: int, product_id: str = "p", prefix: str = "") -> list[dict]:
    """Touched renewed, touched lost, untouched renewed, untouched lost: a customer each."""
    sides = ((True, True), (True, False), (False, True), (False, False))
    return [
        cycle(f"{prefix}{product_id}{level}{side}{i}", *side, level, product_id)
        for side, count in zip(sides, counts, strict=True)
        for i in range(count)
    ]


def judged(chain: ModelChain, rows: list[dict], minimum: int = 1) -> dict[str, dict]:
    """The row of every product and of all."""
    chain.rebuild(*POLICIES)
    chain.query(f"update intermediate.int_policies set effect_min_accounts = {minimum}")
    replace_table(chain, "int_touch_cycles", pandas.DataFrame(rows))
    chain.rebuild(*FIGURES)
    found = chain.connection.sql("from marts.mart_touch_effect").to_arrow_table().to_pylist()
    return {row["product_id"]: row for row in found}


@pytest.mark.parametrize("seed", range(5))
def test_pooled_odds_and_the_test_of_their_absence_equal_statsmodels(chain: ModelChain, seed: int) -> None:
    draw = random.Random(seed)
    rows = []
    for product in "pq":
        for level in range(draw.choice([1, 4, 40])):  # few large strata, or many small ones
            for i in range(draw.randint(2, 60) if level < 4 else draw.randint(1, 4)):
                is_touched = draw.random() < 0.4
                is_renewed = draw.random() < 0.6 + 0.05 * (level % 4) + 0.1 * is_touched
                rows.append(cycle(f"{product} {level} {i}", is_touched, is_renewed, str(level), product))
    for product, found in judged(chain, rows).items():
        counts = pandas.DataFrame([row for row in rows if product in ("all", row["product_id"])])
        tables = [
            numpy.array([[sum(part["is_touched"].eq(t) & part["is_renewed"].eq(r)) for r in (1, 0)] for t in (1, 0)])
            for _, part in counts.groupby(list(STRATUM))
        ]
        tables = [one for one in tables if one.sum(axis=1).min() > 0]
        expected = StratifiedTable(tables)
        assert found["strata"] == len(tables)
        assert found["odds_ratio"] == pytest.approx(expected.oddsratio_pooled, abs=1e-9)
        # A customer each: the interval is the one of Robins, Breslow and Greenland.
        assert [found["odds_ratio_low"], found["odds_ratio_high"]] == pytest.approx(
            expected.oddsratio_pooled_confint(), abs=2e-9
        )
        assert found["risk_difference_clustering"] == 1
        absence = expected.test_null_odds(correction=False)
        assert found["cmh_statistic"] == pytest.approx(absence.statistic, abs=1e-9)
        assert found["cmh_p_value"] == pytest.approx(absence.pvalue, abs=1e-9)
        assert found["renewal_rate_touched"] - found["renewal_rate_controls"] == pytest.approx(
            found["risk_difference"], abs=2e-9
        )


# Level 1: of 10 touched 8 renewed, of 20 controls 12; 30 in all. Level 2: 3 of 5 and 2 of 5; 10 in all.
#   weight, touched x controls / all: 10 * 20 / 30 = 20/3 and 5 * 5 / 10 = 5/2, together 55/6
#   difference: (8 * 20 - 12 * 10) / 30 = 4/3 and (3 * 5 - 2 * 5) / 10 = 1/2, together 11/6; (11/6) / (55/6) = 1/5
#   rates: touched (8 * 20 / 30 + 3 * 5 / 10) / (55/6) = (41/6) / (55/6) = 41/55; controls (4 + 1) / (55/6) = 30/55
# Sato's variance, (difference x P + Q) / weight squared, with
#   P = (touched^2 x controls renewed - controls^2 x touched renewed
#          + touched x controls x (controls - touched) / 2) / all^2
#     = (100 * 12 - 400 * 8 + 200 * 10 / 2) / 900 = -10/9 and (25 * 2 - 25 * 3 + 0) / 100 = -1/4, together -49/36
#   Q = (touched renewed x controls lost + touched lost x controls renewed) / (2 x all)
#     = (8 * 8 + 2 * 12) / 60 = 22/15 and (3 * 3 + 2 * 2) / 20 = 13/20, together 127/60
#   variance = (-49/180 + 127/60) / (55/6)^2 = (332/180) / (3025/36) = 332/15125
# Odds: (8 * 8 / 30 + 3 * 3 / 10) / (2 * 12 / 30 + 2 * 2 / 10) = (91/30) / (36/30) = 91/36
BY_HAND = [*table("1", 8, 2, 12, 8), *table("2", 3, 2, 2, 3)]


def test_the_difference_and_its_variance_are_worked_by_hand(chain: ModelChain) -> None:
    # A stratum with one side only, and one touched without a stratum, are no part of it.
    alone = [*table("3", 1, 1, 0, 0), *table("4", 0, 0, 5, 5), cycle("new", True, False, None)]
    found = judged(chain, [*BY_HAND, *alone])["p"]
    assert found["risk_difference"] == 0.2
    assert found["risk_difference_variance"] == pytest.approx(332 / 15125, abs=1e-9)
    reach = 1.959963984540054 * math.sqrt(332 / 15125)
    assert found["risk_difference_low"] == pytest.approx(0.2 - reach, abs=1e-9)
    assert found["risk_difference_high"] == pytest.approx(0.2 + reach, abs=1e-9)
    assert found["renewal_rate_touched"] == pytest.approx(41 / 55, abs=1e-9)
    assert found["renewal_rate_controls"] == pytest.approx(30 / 55, abs=1e-9)
    assert found["odds_ratio"] == pytest.approx(91 / 36, abs=1e-9)
    counts = ("touched", "touched_compared", "touched_without_control", "touched_renewed", "controls", "strata")
    assert [found[name] for name in counts] == [18, 15, 3, 11, 25, 2]
    assert found["share_without_control"] == pytest.approx(3 / 18, abs=1e-9)


def test_cycles_of_one_customer_that_fare_alike_count_as_one(chain: ModelChain) -> None:
    # The same customers with the same fate in four products: four times the rows, a quarter of the variance, and
    # a customer adds four times as much at once: 16 / 4 = 4 times as much as its rows alone, so nothing is gained.
    once = judged(chain, BY_HAND)["all"]
    four = judged(chain, [{**row, "product_id": product} for row in BY_HAND for product in "pqrs"])
    assert four["all"]["risk_difference_variance"] == pytest.approx(332 / 15125 / 4, abs=1e-9)
    assert four["all"]["risk_difference_clustering"] == 4
    for bound in ("risk_difference_low", "risk_difference_high", "odds_ratio_low", "odds_ratio_high"):
        assert four["all"][bound] == pytest.approx(once[bound], abs=1e-8)
        assert four["s"][bound] == once[bound]


def test_below_the_minimum_there_is_a_reason_and_no_figure(chain: ModelChain) -> None:
    figures = (
        *("risk_difference", "risk_difference_low", "risk_difference_high", "risk_difference_variance"),
        *("odds_ratio", "odds_ratio_low", "odds_ratio_high", "cmh_statistic", "cmh_p_value"),
        *("renewal_rate_touched", "renewal_rate_controls", "risk_difference_clustering"),
    )
    rows = [
        *BY_HAND,  # 15 touched and 25 untouched customers
        *(cycle(f"again {i % 14}", True, i % 2 == 0, str(i), "few") for i in range(30)),  # 14 customers, however often
        *(cycle(f"other {i}", False, i % 3 == 0, str(i), "few") for i in range(30)),
        *table("1", 20, 0, 20, 0, product_id="stays"),
        *table("1", 20, 20, 0, 0, product_id="alone"),
        *table("1", 20, 0, 10, 10, product_id="sure"),
    ]
    found = judged(chain, rows, minimum=15)
    reasons = {product: row["null_reason"] for product, row in found.items()}
    assert reasons == {
        **{"all": None, "p": None, "sure": None, "few": "too_few_customers"},
        **{"stays": "no_variation", "alone": "no_control"},
    }
    for product in ("few", "stays", "alone"):
        assert {found[product][name] for name in figures} == {None}
        assert found[product]["verdict"] == "not_reportable"
        assert found[product]["odds_ratio_null_reason"] == reasons[product]
    # None of the touched was lost: the difference is half, the odds have no bound.
    sure = found["sure"]
    assert (sure["risk_difference"], sure["odds_ratio"]) == (0.5, None)
    assert sure["odds_ratio_null_reason"] == "renewed_or_lost_on_one_side_only"


def test_every_row_says_that_it_is_observational_and_whom_touches_harm(chain: ModelChain) -> None:
    better, worse = table("1", 40, 5, 20, 25, product_id="p"), table("1", 20, 25, 40, 5, product_id="q")
    even, one = table("1", 9, 9, 9, 9, product_id="r"), table("1", 1, 0, 0, 0, product_id="s")
    found = judged(chain, [*better, *worse, *even, *one])
    verdicts = {product: row["verdict"] for product, row in found.items()}
    assert verdicts == {
        **{"p": "renewed_more_often", "q": "renewed_less_often", "r": "no_difference"},
        **{"s": "not_reportable", "all": "no_difference"},
    }
    for row in found.values():
        assert row["evidence"] == "observational"
        assert CAUTION in row["reading_en"] and "Observational, no proof" in row["reading_en"]
        assert "観察データ" in row["reading_ja"] and "有害に見える" in row["reading_ja"]
    assert len({row["reading_ja"] for row in found.values()}) == 4


def company(seed: int) -> dict[str, pandas.DataFrame]:
    """300 customers with yearly contracts, of which six in seven are renewed, and 300 with quarterly ones, nearly all
    renewed; a touch of some type every 19 days, whoever they are and whatever becomes of them."""
    draw = random.Random(seed)
    cycles, months, touches = [], [], []
    for number in range(600):
        name, term, rate = f"{seed} {number}", *((12, 0.86) if number % 2 else (3, 0.98))
        start = pandas.Timestamp(2021, draw.randint(1, 12), 15)
        first, is_renewed = start, True
        while is_renewed and start < pandas.Timestamp(2024, 1, 1):
            due, is_renewed = start + pandas.DateOffset(months=term), draw.random() < rate
            known = {"account_id": name, "product_id": "p", "due_date": due, "is_renewed": is_renewed}
            cycles.append({**known, "start_date": start})
            for end in pandas.date_range(start - pandas.offsets.MonthEnd(1), due, freq="ME"):
                opens, next_opens = end + pandas.Timedelta(days=1), end + pandas.offsets.MonthBegin(2)
                left = (due.year - end.year) * 12 + due.month - end.month
                if end >= first:
                    ran = {"from_date": max(opens, start), "to_date_exclusive": min(next_opens, due)}
                    months.append({**known, **ran, "as_of_date": end, "renewal_band": str((left - 1) // 3)})
            start = due
        days = [day for day in range((start - first).days) if draw.random() < 1 / 19]
        touched = [(first + pandas.Timedelta(days=day), draw.choice(("mail", "call", "review"))) for day in days]
        both = {(day, kind) for day, one in touched for kind in (one, "all")}
        touches += [{"account_id": name, "touched_date": day, "touch_type": kind} for day, kind in both]
    tables = {"int_renewal_cycles": cycles, "int_cycle_months": months, "int_account_touches": touches}
    made = {name: pandas.DataFrame(rows) for name, rows in tables.items()}
    made["int_cycle_months"] = made["int_cycle_months"].assign(success_level="1", health_band="red", is_matured=True)
    for rows in made.values():
        for column in rows.columns[rows.columns.str.contains("date")]:
            rows[column] = rows[column].dt.date
    return made


def test_touches_that_do_nothing_show_nothing(chain: ModelChain) -> None:
    # Terms are no stratum: were customers touched before among the controls, the yearly ones would be too many of them.
    verdicts = []
    for seed in range(5):
        for name, rows in company(seed).items():
            replace_table(chain, name, rows)
        chain.rebuild(*POLICIES, "int_first_touches", "int_touch_controls", "int_touch_cycles", *FIGURES)
        verdicts += chain.query("select verdict from marts.mart_touch_effect where product_id = 'all'")
    assert len(verdicts) == 20
    assert verdicts.count(("no_difference",)) >= 18


def line(contract_id: str, account_id: str, start: str, end: str) -> dict:
    return {
        **{"contract_id": contract_id, "account_id": account_id, "product_id": "p", "currency": "JPY"},
        **{"start_date": DAY(start), "end_date_exclusive": DAY(end), "monthly_amount": 100, "term_months": 12},
        **{"tax_included": False, "end_date_meaning": "committed_term"},
    }


def touch(account_id: str, day: str, touch_type: str) -> dict:
    at = datetime.datetime.fromisoformat(f"{day}T03:00:00")
    return {
        **{"touch_id": f"{account_id} {day} {touch_type}", "account_id": account_id, "touch_type": touch_type},
        **{"touched_at": at, "touched_date": DAY(day)},
    }


def delivered(rows: list[dict]) -> list[dict]:
    return [{**row, "_delivery": "1", "_source_file": "rows.csv", "_row_number": i} for i, row in enumerate(rows)]


# Yearly contracts from July to July; all but `quits` renew. `anchor` shows that touches were recorded all the time.
STAYS = ("twice", "other", "quiet", "anchor")
YEARS = ("2023-07-01", "2024-07-01", "2025-07-01", "2026-07-01")
LINES = [
    line("q", "quits", *YEARS[:2]),
    *(line(f"{name} {start}", name, start, end) for name in STAYS for start, end in pairwise(YEARS)),
]
ACCOUNTS = [
    *({"account_id": name, "merged_into_account_id": None} for name in (*STAYS, "quits")),
    {"account_id": "old", "merged_into_account_id": "other"},
]
TOUCHES = [
    *(touch("anchor", "2023-07-01", touch_type) for touch_type in ("webinar", "mail", "call", "review")),
    touch("twice", "2023-10-05", "review"),
    touch("twice", "2023-12-10", "review"),
    touch("old", "2023-10-20", "mail"),  # merged: the surviving customer was touched
    touch("quits", "2023-07-15", "review"),  # before its first month end
    touch("quits", "2023-09-30", "review"),
    touch("twice", "2024-06-30", "call"),
    touch("twice", "2024-07-01", "mail"),  # the renewal was due: the next one's touch
    touch("anchor", "2024-12-31", "webinar"),
]
LATER = [
    *(touch(name, day, "review") for name in (*STAYS, "old") for day in ("2025-01-15", "2025-07-20")),
    touch("quiet", "2025-02-01", "dinner"),  # a type that did not exist: nobody could have had one before
    touch("anchor", "2025-12-31", "webinar"),
]
READ = """select touch_type, account_id, due_date, as_of_date, success_level, renewal_band, health_band, touched_date,
    is_renewed from intermediate.int_touch_cycles"""


def built(chain: ModelChain, as_of: str, touches: list[dict]) -> list[tuple]:
    lines = [row for row in LINES if row["start_date"] <= DAY(as_of)]
    rows = {"accounts": ACCOUNTS, "contracts": lines, "touches": touches}
    chain.run({name: delivered(some) for name, some in rows.items()}, DAY(as_of), {"daily_history_days": 1})
    return chain.query(READ)


def of(rows: list[tuple], touch_type: str, account_id: str) -> list[tuple]:
    """Month end before, months to renewal, day of the touch and what came of it; in order."""
    chosen = [row for row in rows if row[:2] == (touch_type, account_id)]
    return sorted(((row[3], row[5], row[7], row[8]) for row in chosen), key=lambda row: row[0] or datetime.date.min)


def test_who_is_touched_and_who_a_control_is_worked_by_hand(chain: ModelChain) -> None:
    rows = built(chain, "2024-12-31", TOUCHES)
    july, september, december, march = map(DAY, ("2023-07-31", "2023-09-30", "2023-12-31", "2024-03-31"))
    # Reviewed in October and in December: once, as it was on the last of September. Up to then untouched: in August.
    assert of(rows, "review", "twice") == [
        (july, "10-12", None, True),
        (september, "7-9", DAY("2023-10-05"), True),
    ]
    # A mail in October: no control of reviews that month, but in November.
    assert of(rows, "review", "other") == [
        (july, "10-12", None, True),
        (DAY("2023-10-31"), "7-9", None, True),
        (december, "4-6", None, True),
        (march, "1-3", None, True),
    ]
    # ... and touched among the mails; later in the year no control of them.
    assert of(rows, "mail", "other") == [
        (july, "10-12", None, True),
        (september, "7-9", DAY("2023-10-20"), True),
    ]
    # Untouched all year: once in every stratum, lost or not.
    assert of(rows, "mail", "quiet") == [
        (july, "10-12", None, True),
        (september, "7-9", None, True),
        (december, "4-6", None, True),
        (march, "1-3", None, True),
    ]
    # First touched before any month end: no stratum, and the second review does not count.
    assert of(rows, "review", "quits") == [(None, None, DAY("2023-07-15"), False)]
    # The day before the end still counts for this renewal, the day itself for the next, which is not decided.
    assert of(rows, "call", "twice")[-1] == (DAY("2024-05-31"), "1-3", DAY("2024-06-30"), True)
    assert {row[7] for row in rows if row[:2] == ("mail", "twice")} == {None}
    assert {row[2] for row in rows} == {DAY("2024-07-01")}
    assert not chain.broken_tests()


def test_what_comes_later_changes_no_row_of_the_past(chain: ModelChain) -> None:
    then = built(chain, "2024-12-31", TOUCHES)
    now = built(chain, "2025-12-31", [*TOUCHES, *LATER])
    assert then and sorted(then, key=str) == sorted((row for row in now if row[2] == DAY("2024-07-01")), key=str)
    assert {row[2] for row in now} == {DAY("2024-07-01"), DAY("2025-07-01")}
