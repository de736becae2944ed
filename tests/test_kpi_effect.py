"""What indicators showed before a renewal, and what came of it (S10): the readings worked by hand, without look-ahead,
and the intervals against statsmodels."""

import datetime
import random

import numpy
import pytest
from model_chain import ModelChain
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

DAY = datetime.date.fromisoformat
AS_OF = DAY("2025-07-31")
BUILT = ("intermediate.int_renewal_readings", "intermediate.int_renewal_outcomes", "marts.mart_kpi_effect")
ALPHA = 0.04999579029644087  # exactly 1.96 standard errors on both sides: 2 * (1 - Phi(1.96))
INDICATORS = (
    "seat_utilisation",
    "seat_issue_rate",
    "nps_score",
    "goal_attainment",
    "logins_per_week",
    "active_days_28d",
)


def line(contract_id: str, account_id: str, start: str, end: str, amount: int = 100, **more: object) -> dict:
    return {
        **{"contract_id": contract_id, "account_id": account_id, "product_id": "p", "currency": "JPY"},
        **{"start_date": DAY(start), "end_date_exclusive": DAY(end), "monthly_amount": amount},
        **{"term_months": 12, "tax_included": False, "end_date_meaning": "committed_term"},
        **{"cancelled_date": None, **more},
    }


def login(account_id: str, day: str, user_id: str = "u", product_id: str = "p") -> dict:
    return {
        **{"account_id": account_id, "user_id": user_id, "product_id": product_id, "login_date": DAY(day)},
        **{"event_id": f"{account_id} {user_id} {product_id} {day}", "event_count": 1},
    }


def delivered(rows: list[dict]) -> list[dict]:
    return [{**row, "_delivery": "1", "_source_file": "rows.csv", "_row_number": i} for i, row in enumerate(rows)]


FIRST_YEAR = ("2023-07-01", "2024-07-01")
QUITS = line("c3", "quits", *FIRST_YEAR)
LINES = [
    # renewed for the same money, half as much again since January, and renewed or not in this July: not decided yet
    line("c1", "grows", *FIRST_YEAR),
    line("c2", "grows", "2024-07-01", "2025-07-01"),
    line("c2b", "grows", "2025-01-01", "2025-07-01", 50, term_months=6),
    # known since 2024-05-02: it ends on 2024-05-16, not in July
    {**QUITS, "end_date_exclusive": DAY("2024-05-16"), "cancelled_date": DAY("2024-05-02")},
    line("c4", "leaves", *FIRST_YEAR),
    # three weeks late, inside the grace of sixty days
    line("c5", "late", *FIRST_YEAR),
    line("c6", "late", "2024-07-22", "2025-07-22"),
    # p in July, q in September: the newer one stands for the customer; its year is not over
    line("c7", "twice", *FIRST_YEAR, 900),
    line("c8", "twice", "2024-07-01", "2025-07-01", 900),
    line("c9", "twice", "2023-09-01", "2024-09-01", 10, product_id="q"),
    line("c10", "twice", "2024-09-01", "2025-09-01", 10, product_id="q"),
    *(
        line(f"m{month}", "monthly", f"2024-{month:02}-01", f"2024-{month + 1:02}-01", term_months=1)
        for month in range(1, 12)
    ),
]
ACCOUNTS = [{"account_id": name} for name in ("grows", "quits", "leaves", "late", "twice", "monthly")]
# The feed comes from February 2024 on. On 2024-03-31 grows and quits were used on two days, late on one.
LOGINS = [
    *(login("monthly", day) for day in ("2024-02-01", "2024-03-31", "2024-05-31")),
    *(login(name, day) for name in ("grows", "quits") for day in ("2024-03-04", "2024-03-31")),
    login("grows", "2024-03-03"),  # 28 days end with the day: this one is too old
    login("late", "2024-03-15"),
    login("twice", "2024-05-31", product_id="q"),
]
READ = """select account_id, product_id, as_of_date, renewal_date, max(kpi_value) filter (kpi_key = 'active_days_28d')
    from intermediate.int_renewal_readings where as_of_date <= '{}' group by 1, 2, 3, 4"""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), BUILT)


def built(chain: ModelChain, lines: list[dict], logins: list[dict], as_of: datetime.date = AS_OF) -> ModelChain:
    rows = {"accounts": ACCOUNTS, "contracts": lines, "logins": logins}
    chain.run({name: delivered(some) for name, some in rows.items()}, as_of, {"daily_history_days": 1})
    return chain


def test_a_renewal_is_read_a_quarter_before_as_it_was_known_then(chain: ModelChain) -> None:
    found = set(built(chain, LINES, LOGINS).query(READ.format("2024-12-31")))
    march, july = DAY("2024-03-31"), DAY("2024-07-01")
    assert found == {
        ("grows", "p", march, july, 2.0),
        ("quits", "p", march, july, 2.0),  # nobody knew that it would end in May
        ("leaves", "p", march, july, 0.0),
        ("late", "p", march, july, 1.0),
        ("twice", "p", march, july, 0.0),
        ("twice", "q", DAY("2024-05-31"), DAY("2024-09-01"), 1.0),
    }  # a monthly contract never ends a quarter later


def test_what_comes_later_does_not_change_a_reading(chain: ModelChain) -> None:
    known_then = [
        QUITS if row["contract_id"] == "c3" else row for row in LINES if row["start_date"] < DAY("2024-04-01")
    ]
    the_day = set(built(chain, known_then, LOGINS, DAY("2024-03-31")).query(READ.format("2024-03-31")))
    later = [*LOGINS, *(login(name, "2024-04-01", user) for name in ("late", "leaves") for user in "vw")]
    assert the_day and the_day == set(built(chain, LINES, later).query(READ.format("2024-03-31")))


def test_every_customer_has_one_renewal_and_what_was_held_in_the_year_after(chain: ModelChain) -> None:
    outcomes = built(chain, LINES, LOGINS).query(
        """select account_id, product_id, as_of_date, due_date, is_renewed, value_kept
        from intermediate.int_renewal_outcomes"""
    )
    march, july = DAY("2024-03-31"), DAY("2024-07-01")
    assert sorted(outcomes) == [
        ("grows", "p", march, july, True, 1.25),  # (6 * 100 + 6 * 150) / (12 * 100)
        ("late", "p", march, july, True, 1.0),  # a late renewal holds from the end on
        ("leaves", "p", march, july, False, 0.0),
        ("quits", "p", march, DAY("2024-05-16"), False, 0.0),  # it left within the quarter it was read for
        ("twice", "q", DAY("2024-05-31"), DAY("2024-09-01"), True, None),
    ]


def test_customers_are_split_by_what_was_read_before_their_renewal(chain: ModelChain) -> None:
    # active days 2, 1, 0, 2 and 1 of twice: the median 1 is upper. Of four stayed, of one (leaves) none.
    assert built(chain, LINES, LOGINS).query(
        """select median_value, upper_accounts, lower_accounts, upper_renewed, lower_renewed, renewal_null_reason
        from marts.mart_kpi_effect where kpi_key = 'active_days_28d'"""
    ) == [(1.0, 4, 1, 3, 0, "too_few_customers")]


@pytest.mark.parametrize("seed", range(5))
def test_differences_and_their_intervals_equal_statsmodels(chain: ModelChain, seed: int) -> None:
    made_up = random.Random(seed)
    customers = [f"a{i}" for i in range(made_up.randint(60, 200))]
    renewed = {name: made_up.random() < 0.8 for name in customers}
    # A third of the years is not over; who left has held little or nothing.
    kept = {
        name: None if made_up.random() < 0.3 else round(max(0, made_up.gauss(1 if renewed[name] else 0.1, 0.3)), 9)
        for name in customers
    }
    read = {
        key: {name: made_up.choice((made_up.random(), float(made_up.randint(0, 3)))) for name in customers}
        for key in INDICATORS
    }
    found = effects(chain, renewed, kept, read)
    assert set(found) == set(INDICATORS)
    for key, values in read.items():
        median = float(numpy.median(list(values.values())))
        is_upper = {name: value >= median for name, value in values.items()}  # nowhere is it the lowest value
        upper, lower = ([name for name in customers if is_upper[name] == side] for side in (True, False))
        counts = [sum(renewed[name] for name in upper), len(upper), sum(renewed[name] for name in lower), len(lower)]
        low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=ALPHA)
        renewal = [counts[0] / counts[1] - counts[2] / counts[3], low, high]
        means = [DescrStatsW([kept[name] for name in half if kept[name] is not None]) for half in (upper, lower)]
        low, high = CompareMeans(*means).zconfint_diff(alpha=ALPHA, usevar="unequal")
        assert found[key] == pytest.approx([*renewal, means[0].mean - means[1].mean, low, high], abs=2e-9)


@pytest.mark.parametrize("share", [1.0, 0.333333333, 0.916666667])
def test_who_all_held_the_same_differ_by_nothing(chain: ModelChain, share: float) -> None:
    customers = [f"a{i}" for i in range(37)]
    read = {"nps_score": {name: float(i) for i, name in enumerate(customers)}}
    found = effects(chain, dict.fromkeys(customers, True), dict.fromkeys(customers, share), read)
    assert found["nps_score"][3:] == [0.0, 0.0, 0.0]


def effects(
    chain: ModelChain, renewed: dict[str, bool], kept: dict[str, float | None], read: dict[str, dict[str, float]]
) -> dict[str, list[float]]:
    """Differences of the renewal rate and of the value held, each with its interval, from made-up outcomes."""
    where = "date '2024-03-31', 'p', date '2024-07-01'"
    outcomes = [f"({where}, '{name}', {renewed[name]}, {kept[name] or 0}::double)" for name in renewed]
    unknown = [f"'{name}'" for name in kept if kept[name] is None]
    readings = [f"({where}, '{name}', '{key}', {read[key][name]}::double)" for key in read for name in read[key]]
    chain.query(
        f"""create or replace table intermediate.int_renewal_outcomes as
        select * replace (if(account_id in ({", ".join(["''", *unknown])}), null, value_kept) as value_kept)
        from (values {", ".join(outcomes)})
            as t(as_of_date, product_id, due_date, account_id, is_renewed, value_kept)"""
    )
    chain.query(
        f"""create or replace table intermediate.int_renewal_readings as from (values {", ".join(readings)})
            as t(as_of_date, product_id, renewal_date, account_id, kpi_key, kpi_value)"""
    )
    chain.rebuild("int_policies", "int_kpi_halves", "mart_kpi_effect")
    rows = chain.query(
        """select kpi_key, renewal_rate_difference, renewal_rate_difference_low, renewal_rate_difference_high,
            value_kept_difference, value_kept_difference_low, value_kept_difference_high from marts.mart_kpi_effect"""
    )
    return {key: values for key, *values in rows}
