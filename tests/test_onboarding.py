"""Onboarding on rows worked out by hand, through all its models; and completion by day as lifelines estimates it."""

import datetime
import random
from math import sqrt

import pytest
from lifelines import KaplanMeierFitter
from model_chain import ModelChain
from random_companies import DELIVERED

AS_OF = datetime.date(2024, 3, 31)
KPIS = """select {columns} from intermediate.int_onboarding_kpis
    where as_of_date = date '{day}' and account_id = '{account}' and product_id = '{product}'"""
COMPLETION = """select day_mark, n_started, n_observed_to_mark, completed_by_mark, at_risk, completed_share,
    standard_error, null_reason from marts.mart_onboarding_completion
    where scope_type = '{scope_type}' and scope_value = '{scope_value}' order by day_mark"""
NO_GRACE = {"renewal_grace_days": 0, "renewal_grace_days_short_term": 0}


def day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def account(account_id: str, segment: str | None = None, merged_into: str | None = None) -> dict:
    return {
        "account_id": account_id,
        "account_name": account_id,
        "segment": segment,
        "merged_into_account_id": merged_into,
    }


def contract(account_id: str, product: str, start: datetime.date, end: datetime.date | None = None, **more) -> dict:
    return {
        "contract_id": f"{account_id} {product} {start}",
        "account_id": account_id,
        "product_id": product,
        "start_date": start,
        "end_date_exclusive": end,
        "end_date_meaning": "committed_term",
        "monthly_amount": 100,
        "currency": "JPY",
        "tax_included": False,
        "quantity": 20,
        "signed_date": start,
        **more,
    }


def task(account_id: str, key: str, planned: str | None, done: str | None, mandatory: bool | None, by: str | None):
    return {
        "account_id": account_id,
        "product_id": "work-tool",
        "task_key": key,
        "planned_date": day(planned),
        "started_date": None,
        "completed_date": day(done),
        "is_mandatory": mandatory,
        "done_by": by,
    }


def logins(account_id: str, product: str, text: str, users: int) -> list[dict]:
    return [
        {
            "account_id": account_id,
            "user_id": f"{account_id} {number}",
            "product_id": product,
            "login_date": day(text),
            "event_id": f"{account_id} {number} {text}",
            "event_count": 1,
        }
        for number in range(users)
    ]


# work-tool is set up by steps, core-infra as a delivery project; everything is looked at on 31 March.
# a: all mandatory steps done on the last day. b: a project. c: both kinds, of the project no hand-over.
# d: e was merged into it. f: no step at all, no seats.
ROWS = {
    "accounts": [*map(account, "abcdf"), account("e", merged_into="d")],
    "contracts": [
        contract("a", "work-tool", day("2024-01-01")),
        contract("b", "core-infra", day("2024-02-01"), quantity=30),
        contract("c", "work-tool", day("2024-01-01")),
        contract("c", "core-infra", day("2024-03-01")),
        contract("d", "work-tool", day("2024-01-01")),
        contract("f", "work-tool", day("2024-01-01"), quantity=0),
    ],
    "onboarding_tasks": [
        task("a", "on the planned day", "2024-01-10", "2024-01-10", True, "customer"),
        task("a", "a day late, mandatory not said", "2024-01-20", "2024-01-21", None, "cs"),
        task("a", "before its day, by nobody known", "2024-04-01", "2024-03-31", True, None),
        task("a", "not mandatory, done after the day", "2024-03-31", "2024-04-01", False, "cs"),
        task("c", "before the start", "2023-12-31", "2023-12-30", True, "customer"),
        task("d", "step", "2024-01-05", "2024-01-05", True, "cs"),
        task("e", "step", None, None, True, None),
    ],
    "handovers": [
        {
            "account_id": "b",
            "product_id": "core-infra",
            "handed_over_date": day("2024-01-20"),
            "is_goal_filled": True,
            "is_info_complete": None,
            "csm_assigned_date": day("2024-02-01"),
            "kickoff_planned_date": day("2024-02-05"),
            "kickoff_date": day("2024-02-06"),
            "delivery_planned_date": day("2024-03-15"),
            "delivery_date": day("2024-03-15"),
        }
    ],
    # a: 2 of 20 seats on the first paid day; b: 3 of 30 on 10 February, 2 before; d and e: 1 of 20 each on one day.
    "logins": [
        *logins("a", "work-tool", "2024-01-01", 2),
        *logins("b", "core-infra", "2024-02-09", 2),
        *logins("b", "core-infra", "2024-02-10", 3),
        *logins("d", "work-tool", "2024-01-02", 1),
        *logins("d", "work-tool", "2024-01-03", 1),
        *logins("e", "work-tool", "2024-01-03", 1),
        *logins("f", "work-tool", "2024-01-02", 1),
    ],
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    tables = ["intermediate.int_onboarding_kpis", "intermediate.int_setup_curves", "marts.mart_onboarding"]
    tables += ["marts.mart_handovers", "marts.mart_onboarding_completion"]
    return ModelChain(tmp_path_factory.mktemp("compiled"), tables)


def run(chain: ModelChain, rows: dict[str, list[dict]], policies: dict | None = None, as_of: datetime.date = AS_OF):
    """The models on these rows, each table of them delivered in one file."""
    delivered = {
        name: [{**row, "_row_number": number, **DELIVERED} for number, row in enumerate(table)]
        for name, table in rows.items()
    }
    chain.run(delivered, as_of, policies)


@pytest.fixture(scope="module")
def by_hand(chain: ModelChain) -> ModelChain:
    run(chain, ROWS)
    return chain


def kpis(chain: ModelChain, account_id: str, product: str, on: str, *keys: str) -> list:
    """(numerator, denominator) of each indicator, or the reason for none."""
    columns = ", ".join(f"{key}_numerator, {key}_denominator, {key}_null_reason" for key in keys)
    [row] = chain.query(KPIS.format(columns=columns, day=on, account=account_id, product=product))
    parts = [row[start : start + 3] for start in range(0, len(row), 3)]
    assert all((reason is None) == (above is not None) == (below is not None) for above, below, reason in parts)
    return [reason or (numerator, denominator) for numerator, denominator, reason in parts]


def test_a_set_up_is_complete_with_its_last_mandatory_step_and_not_a_day_before(by_hand: ModelChain) -> None:
    asked = ("onboarding_started", "onboarding_completed", "onboarding_step_progress", "onboarding_days")
    # 1 January to 31 March 2024 is 31 + 29 + 30 days
    assert kpis(by_hand, "a", "work-tool", "2024-03-31", *asked) == [(1, 1), (1, 1), (3, 3), (90, 1)]
    assert kpis(by_hand, "a", "work-tool", "2024-03-30", *asked) == [(1, 1), (0, 1), (2, 3), "not_completed_yet"]


def test_a_step_is_on_time_on_its_planned_day_and_late_the_day_after(by_hand: ModelChain) -> None:
    # due by 31 March: the first two and the optional one, done on 1 April; by the 30th only the first two
    asked = ("onboarding_on_time", "onboarding_self_sufficiency", "kickoff_on_time")
    assert kpis(by_hand, "a", "work-tool", "2024-03-31", *asked) == [(1, 3), (1, 2), "set_up_by_tasks"]
    assert kpis(by_hand, "a", "work-tool", "2024-03-30", *asked) == [(1, 2), (1, 2), "set_up_by_tasks"]


def test_a_project_starts_with_its_kick_off_and_is_complete_when_delivered(by_hand: ModelChain) -> None:
    asked = ("onboarding_started", "onboarding_completed", "onboarding_on_time", "kickoff_on_time", "onboarding_days")
    # 1 February to 15 March 2024 is 29 + 14 days
    assert kpis(by_hand, "b", "core-infra", "2024-03-15", *asked) == [(1, 1), (1, 1), (1, 1), (0, 1), (43, 1)]
    day_before = [(1, 1), (0, 1), "nothing_due_yet", (0, 1), "not_completed_yet"]
    assert kpis(by_hand, "b", "core-infra", "2024-03-14", *asked) == day_before
    steps = ("onboarding_step_progress", "onboarding_self_sufficiency")
    assert kpis(by_hand, "b", "core-infra", "2024-03-31", *steps) == ["set_up_by_project"] * 2


def test_a_hand_over_with_something_not_said_is_not_complete(by_hand: ModelChain) -> None:
    asked = ("handover_complete", "csm_assigned_before_start")
    assert kpis(by_hand, "b", "core-infra", "2024-03-31", *asked) == [(0, 1), (1, 1)]
    assert kpis(by_hand, "a", "work-tool", "2024-03-31", *asked) == ["account_not_in_handovers"] * 2
    shown = by_hand.query(
        """select account_id, product_id, days_before_start, is_kickoff_on_time, is_delivery_on_time, missing,
               null_reason
           from marts.mart_handovers where product_id = 'core-infra' order by account_id"""
    )
    everything = "hand_over, goal, information, csm, kickoff_plan, delivery_plan"
    assert shown == [
        ("b", "core-infra", 12, False, True, "information", None),
        ("c", "core-infra", None, None, None, everything, "account_not_in_handovers"),
    ]


def test_a_customer_of_both_kinds_is_the_sum_of_its_products(by_hand: ModelChain) -> None:
    setup = ("onboarding_started", "onboarding_completed", "onboarding_days")
    asked = (*setup, "onboarding_step_progress", "kickoff_on_time")
    not_begun = [(0, 1), (0, 1), "not_completed_yet", "set_up_by_project", "account_not_in_handovers"]
    assert kpis(by_hand, "c", "core-infra", "2024-03-31", *asked) == not_begun
    done = [(1, 1), (1, 1), (-2, 1), (1, 1), "set_up_by_tasks"]
    assert kpis(by_hand, "c", "work-tool", "2024-03-31", *asked) == done
    both = [(1, 2), (1, 2), (-2, 1), (1, 1), "account_not_in_handovers"]
    assert kpis(by_hand, "c", "all", "2024-03-31", *asked) == both
    # before the project is contracted the customer is its one product
    assert kpis(by_hand, "c", "all", "2024-02-29", *asked) == [(1, 1), (1, 1), (-2, 1), (1, 1), "set_up_by_tasks"]


def test_the_steps_of_merged_accounts_count_together(by_hand: ModelChain) -> None:
    asked = ("onboarding_completed", "onboarding_step_progress")
    assert kpis(by_hand, "d", "work-tool", "2024-03-31", *asked) == [(0, 1), (1, 2)]


def test_a_product_without_any_step_has_not_started_and_says_so(by_hand: ModelChain) -> None:
    asked = ("onboarding_started", "onboarding_completed", "onboarding_step_progress", "onboarding_on_time")
    not_there = "account_not_in_onboarding_tasks"
    assert kpis(by_hand, "f", "work-tool", "2024-03-31", *asked) == [(0, 1), (0, 1), not_there, not_there]


def test_first_value_is_the_first_paid_day_with_a_tenth_of_the_seats(by_hand: ModelChain) -> None:
    def first_value(account_id: str, product: str, on: str = "2024-03-31"):
        return kpis(by_hand, account_id, product, on, "days_to_first_value")[0]

    assert [first_value("a", product) for product in ("work-tool", "all")] == [(0, 1), (0, 1)]
    assert [first_value("b", product) for product in ("core-infra", "all")] == [(9, 1), (9, 1)]
    assert first_value("b", "core-infra", "2024-02-29") == (9, 1)
    assert first_value("d", "work-tool") == (2, 1)
    assert first_value("f", "work-tool") == "no_seats_in_contract"
    assert first_value("c", "all") == "account_not_in_logins"


def test_the_company_is_the_sum_of_all_products_held(by_hand: ModelChain) -> None:
    # complete: a (90 days), b (43), c's work-tool (-2), of six products; of four customers the first value: 0, 9, 2
    [row] = by_hand.query(
        """select products_held, setups, started, completed, days_n, days_median, due, done_on_time, kickoffs_due,
               mandatory_steps, mandatory_steps_done, steps_done, steps_done_by_customer, first_value_n,
               first_value_median_days
           from marts.mart_onboarding where scope_type = 'all'"""
    )
    assert row == (6, 6, 4, 3, 3, 43, 6, 4, 1, 6, 5, 4, 2, 3, 2)
    assert not by_hand.broken_tests()


def test_a_past_day_says_what_it_said_when_it_was_today(chain: ModelChain) -> None:
    """What happened since (steps done, projects delivered, log-ins, hand-overs) is in neither."""
    days = ("2024-01-31", "2024-02-09", "2024-03-14", "2024-03-30")
    told = "select * from intermediate.int_onboarding_kpis where as_of_date = date '{}' order by all"
    run(chain, ROWS)
    later = [chain.query(told.format(past)) for past in days]
    assert [len(rows) for rows in later] == [8, 10, 11, 11]
    for past, rows in zip(days, later, strict=True):
        run(chain, ROWS, as_of=day(past))
        assert chain.query(told.format(past)) == rows


def test_a_source_that_was_never_delivered_is_a_reason_and_no_zero(chain: ModelChain) -> None:
    run(chain, {**ROWS, "onboarding_tasks": [], "handovers": [], "logins": []})
    asked = ("onboarding_started", "onboarding_completed", "onboarding_days", "onboarding_on_time", "handover_complete")
    of_steps = ["no_onboarding_tasks_yet"] * 4 + ["no_handovers_yet"]
    assert kpis(chain, "c", "work-tool", "2024-03-31", *asked) == of_steps
    assert kpis(chain, "c", "core-infra", "2024-03-31", *asked) == ["no_handovers_yet"] * 5
    assert kpis(chain, "c", "all", "2024-03-31", "days_to_first_value") == ["no_logins_yet"]
    completion = "select distinct n_started, completed_share, null_reason from marts.mart_onboarding_completion"
    assert sorted(chain.query(completion)) == [(0, None, "no_handovers_yet"), (0, None, "no_onboarding_tasks_yet")]
    assert chain.query("select distinct missing, null_reason from marts.mart_handovers") == [(None, "no_handovers_yet")]
    assert not chain.broken_tests()


def test_a_set_up_followed_for_29_days_does_not_answer_for_day_30(chain: ModelChain) -> None:
    """Complete on day 30 and on day 31; open for 29 days and for 30; and one that left on day 29, on 29 February."""
    starts = {"done 30": 60, "done 31": 60, "open 29": 29, "open 30": 30, "left 29": 60}
    contracts = [
        contract(name, "work-tool", AS_OF - datetime.timedelta(days), day("2024-02-29") if name == "left 29" else None)
        for name, days in starts.items()
    ]
    tasks = [task(name, "step", None, None, True, None) for name in starts]
    tasks[0]["completed_date"], tasks[1]["completed_date"] = day("2024-03-01"), day("2024-03-02")
    rows = {"accounts": [*map(account, starts)], "contracts": contracts, "onboarding_tasks": tasks, "handovers": []}
    run(chain, {**rows, "logins": []}, NO_GRACE)
    at_30, at_60, at_90 = chain.query(COMPLETION.format(scope_type="all", scope_value="all"))
    # three at risk on day 30 (both complete ones and the one open for 30 days), one of them completes: 1/3
    assert at_30[:5] == (30, 5, 3, 1, 3)
    assert at_30[5:] == pytest.approx((1 / 3, sqrt(2 / 27), None), abs=1e-9)
    # the second completes on day 31, as the last one followed: all complete
    assert at_60 == (60, 5, 2, 2, 0, 1.0, 0.0, None)
    assert at_90[5] == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_completion_by_day_is_what_lifelines_estimates(chain: ModelChain, seed: int) -> None:
    drawn = random.Random(seed)
    lives: dict[str, tuple[int, bool, str]] = {}
    rows: dict[str, list[dict]] = {name: [] for name in ROWS}
    for number in range(150):
        name, segment = f"a{number}", drawn.choice(["large", "small"])
        paid_days, stays, needs = drawn.randint(0, 120), drawn.randint(1, 150), drawn.randint(-10, 130)
        start = AS_OF - datetime.timedelta(paid_days)
        left = start + datetime.timedelta(stays) if drawn.random() < 0.4 else None
        done = start + datetime.timedelta(needs) if drawn.random() < 0.8 else None
        last_seen = min(left or AS_OF, AS_OF)
        is_done = done is not None and done <= last_seen
        lives[name] = (max(((done if is_done else last_seen) - start).days, 0), is_done, segment)
        rows["accounts"].append(account(name, segment))
        rows["contracts"].append(contract(name, "work-tool", start, left))
        rows["onboarding_tasks"].append(task(name, "step", None, done and done.isoformat(), None, "cs"))
    run(chain, rows, NO_GRACE)
    for scope_type, scope_value in (("all", "all"), ("segment", "large"), ("segment", "small")):
        of_scope = [life for life in lives.values() if scope_type == "all" or life[2] == scope_value]
        fitter = KaplanMeierFitter().fit([life[0] for life in of_scope], [life[1] for life in of_scope])
        found = chain.query(COMPLETION.format(scope_type=scope_type, scope_value=scope_value))
        assert [row[0] for row in found] == [30, 60, 90]
        for mark, started, _, completed, at_risk, share, error, null_reason in found:
            before = fitter.event_table[fitter.event_table.index <= mark]
            left = before.at_risk - before.observed
            greenwood = (before.observed / (before.at_risk * left)).sum()
            still_open = fitter.predict(mark)
            assert null_reason is None
            assert (share, error) == pytest.approx((1 - still_open, still_open * sqrt(greenwood)), abs=1e-9)
            assert (started, completed) == (len(of_scope), sum(done and days <= mark for days, done, _ in of_scope))
            assert at_risk == sum(days >= mark for days, *_ in of_scope)
