"""What customers reached, and whether their money says the same (S9): raw rows in, marts out, worked by hand."""

import datetime
from collections.abc import Callable

import pytest
from model_chain import ModelChain

DAY = datetime.date.fromisoformat
AS_OF = DAY("2025-06-30")
OUTCOME = (
    "intermediate.int_outcome_kpis",
    "intermediate.int_contract_kpis",
    "marts.mart_goal_attainment",
    "marts.mart_goal_summary",
    "marts.mart_outcome_mismatch",
    "marts.mart_advocates",
)


def delivered(rows: list[dict]) -> list[dict]:
    return [{**row, "_delivery": "1", "_source_file": "rows.csv", "_row_number": i} for i, row in enumerate(rows)]


def line(contract_id: str, account_id: str, start: str, end: str | None, amount: int) -> dict:
    return {
        **{"contract_id": contract_id, "account_id": account_id, "product_id": "p", "currency": "JPY"},
        **{"start_date": DAY(start), "end_date_exclusive": end and DAY(end), "monthly_amount": amount},
        **{"term_months": 12, "tax_included": False, "end_date_meaning": "committed_term"},
    }


def goal(goal_id: str, account_id: str, product_id: str | None, baseline: int | None, target: int) -> dict:
    return {
        **{"goal_id": goal_id, "account_id": account_id, "product_id": product_id, "scope": "company"},
        **{"baseline": baseline, "target": target, "set_date": DAY("2025-01-01"), "due_date": DAY("2025-06-29")},
    }


# same: 100 all the time, with a goal agreed by an account that was merged into it. grew: 100, and 150 since January.
# new: a customer since January. steps: 100, and 150 from 2024-06-10 on.
ROWS = {
    "accounts": [
        {"account_id": account_id, "merged_into_account_id": survivor}
        for account_id, survivor in [("same", None), ("grew", None), ("new", None), ("steps", None), ("old", "same")]
    ],
    "contracts": [
        line("c1", "same", "2023-06-01", None, 100),
        line("c2", "grew", "2024-01-01", "2025-01-01", 100),
        line("c3", "grew", "2025-01-01", None, 150),
        line("c4", "new", "2025-01-01", None, 50),
        line("c5", "steps", "2023-06-01", None, 100),
        line("c6", "steps", "2024-06-10", None, 50),
    ],
    # down from 40 to 10; from nothing to 10; half way; not measured; nobody's
    "goals": [
        goal("down", "old", "p", 40, 10),
        goal("up", "same", None, None, 10),
        goal("half", "grew", "p", 0, 100),
        goal("waits", "new", "p", 0, 100),
        goal("nobodys", "unknown", "p", 0, 100),
    ],
    "goal_actuals": [
        {"goal_id": "down", "measured_date": DAY("2025-03-31"), "value": 25},
        {"goal_id": "down", "measured_date": AS_OF, "value": 10},
        {"goal_id": "up", "measured_date": DAY("2025-03-31"), "value": 12},
        {"goal_id": "half", "measured_date": DAY("2025-03-31"), "value": 50},
        {"goal_id": "nobodys", "measured_date": DAY("2025-03-31"), "value": 50},
    ],
    # the case is twelve months old to the day, and no longer counts
    "reviews": [
        {"account_id": "old", "recorded_date": DAY("2024-06-30"), "kind": "case", "rating": 5},
        {"account_id": "old", "recorded_date": DAY("2024-07-01"), "kind": "review", "rating": 4},
        {"account_id": "new", "recorded_date": AS_OF, "kind": "referral"},
    ],
    "surveys": [
        {
            **{"response_id": f"r{score}", "account_id": "same", "user_id": f"u{score}", "survey_type": "nps"},
            **{"score": score, "responded_date": DAY("2025-05-01"), "responded_at": datetime.datetime(2025, 5, 1)},
        }
        for score in (9, 10)
    ],
}
# Everything here happens the day after.
LATER = {
    "goals": [{**goal("later", "same", None, None, 10), "set_date": DAY("2025-07-01")}],
    "goal_actuals": [
        {"goal_id": "down", "measured_date": DAY("2025-07-01"), "value": 40},
        {"goal_id": "waits", "measured_date": DAY("2025-07-01"), "value": 100},
    ],
    "reviews": [{"account_id": "grew", "recorded_date": DAY("2025-07-01"), "kind": "case", "rating": 1}],
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), [*OUTCOME, "intermediate.int_as_of_spine"])


@pytest.fixture
def built(chain: ModelChain) -> Callable[..., ModelChain]:
    def build(more: dict[str, list[dict]], as_of: datetime.date = AS_OF) -> ModelChain:
        rows = {source: delivered(rows + more.get(source, [])) for source, rows in ROWS.items()}
        chain.run({**rows, "backfill_ranges": more.get("backfill_ranges", [])}, as_of)
        return chain

    return build


def test_goals_and_money_are_told_apart_and_who_could_give_a_case_is_named(built):
    outcome = built({})
    # down: (10 - 40) / (10 - 40) = 1; up: 12 / 10 = 1.2; half: 50 / 100, and its day was yesterday
    assert set(outcome.query("select goal_id, account_id, attainment, status from marts.mart_goal_attainment")) == {
        ("down", "same", 1.0, "reached"),
        ("up", "same", 1.2, "reached"),
        ("half", "grew", 0.5, "overdue"),
        ("waits", "new", None, "not_measured"),
    }
    # (1 + 1.2 + 0.5) / 3
    assert outcome.query(
        "select goals, measured, reached, overdue, attainment from marts.mart_goal_summary where scope = 'all'"
    ) == [(4, 3, 2, 1, 0.9)]
    # steps has no goal, new paid nothing twelve months before
    assert set(
        outcome.query("select account_id, kind, attainment, mrr, mrr_12_months_before from marts.mart_outcome_mismatch")
    ) == {
        ("same", "outcome_without_expansion", 1.1, 100, 100),
        ("grew", "expansion_without_outcome", 0.5, 150, 100),
    }
    assert set(
        outcome.query(
            """select account_id, records, reviews, cases, nps_score, is_advocate, is_case_candidate
            from marts.mart_advocates"""
        )
    ) == {("same", 1, 1, 0, 9.5, True, True), ("new", 1, 0, 0, None, True, False)}
    assert outcome.broken_tests() == []


def test_product_and_customer_have_their_own_goals(built):
    kpis = built({}).query(
        f"""select account_id, product_id, goal_attainment_numerator, goal_attainment_denominator,
            goal_attainment_null_reason
        from intermediate.int_outcome_kpis where as_of_date = date '{AS_OF}'"""
    )
    assert set(kpis) == {
        ("same", "all", 2.2, 2.0, None),  # with the goal that names no product
        ("same", "p", 1.0, 1.0, None),
        ("grew", "all", 0.5, 1.0, None),
        ("grew", "p", 0.5, 1.0, None),
        ("new", "all", None, None, "not_measured_yet"),
        ("new", "p", None, None, "not_measured_yet"),
        ("steps", "all", None, None, "account_not_in_goals"),
        ("steps", "p", None, None, "account_not_in_goals"),
    }


def test_what_happens_the_day_after_changes_nothing(built):
    found = {table: set(built({}).query(f"from {table}")) for table in OUTCOME}
    assert all(found.values())
    assert {table: set(built(LATER).query(f"from {table}")) for table in OUTCOME} == found


def test_on_the_day_before_the_goal_was_half_way(built):
    the_day_before = AS_OF - datetime.timedelta(days=1)
    # (25 - 40) / (10 - 40); and 1.2
    assert built({}, the_day_before).query(
        f"""select goal_attainment_numerator from intermediate.int_outcome_kpis
        where as_of_date = date '{the_day_before}' and account_id = 'same' and product_id = 'all'"""
    ) == [(1.7,)]


def test_twelve_months_before_is_a_month_end_whatever_else_was_built(built):
    as_of = DAY("2025-06-15")
    query = """select mrr_change_12m_numerator, mrr_change_12m_denominator from intermediate.int_contract_kpis
        where as_of_date = date '2025-06-15' and account_id = 'steps' and product_id = 'all'"""
    # 150 now; 2024-06-15 stood at 150, but the newest month end by then, 2024-05-31, at 100
    assert built({}, as_of).query(query) == [(150.0, 100.0)]
    range_asked_for = {"backfill_ranges": [{"from_date": DAY("2024-06-01"), "to_date": DAY("2024-06-20")}]}
    asked_for = built(range_asked_for, as_of)
    assert asked_for.query("select 1 from intermediate.int_as_of_spine where as_of_date = date '2024-06-15'") == [(1,)]
    assert asked_for.query(query) == [(150.0, 100.0)]


def test_without_goals_and_reviews_every_reason_says_so(chain):
    chain.run(
        {source: delivered(rows if source in ("accounts", "contracts") else []) for source, rows in ROWS.items()}, AS_OF
    )
    assert chain.query(
        """select distinct goal_attainment_null_reason, goals_reached_null_reason, advocacy_records_12m_null_reason
        from intermediate.int_outcome_kpis where product_id = 'all'"""
    ) == [("no_goals_yet", "no_goals_yet", "no_reviews_yet")]
    assert set(chain.query("select goals, attainment, null_reason from marts.mart_goal_summary")) == {
        (0, None, "no_goals_yet")
    }
    assert chain.query("select count(*) from marts.mart_goal_attainment") == [(0,)]
    assert chain.query("select count(*) from marts.mart_outcome_mismatch") == [(0,)]
    assert chain.query("select count(*) from marts.mart_advocates") == [(0,)]
