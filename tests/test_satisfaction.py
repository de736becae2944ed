"""What customers say, from the answers to the marts: companies of a few customers, worked out by hand."""

import datetime

import pytest
from model_chain import ModelChain

NEWEST = datetime.date(2025, 6, 30)
TABLES = ("accounts", "contracts", "surveys", "survey_invitations", "touches")
DELIVERED = {"_delivery": "1", "_source_file": "made_up.csv"}
READ = [
    "marts.mart_nps marts.mart_nps_behaviour marts.mart_low_score_followup",
    "intermediate.int_satisfaction_kpis intermediate.int_account_metrics",
]
KPIS = ("nps_score", "nps", "survey_response_rate", "low_score_follow_up", "hours_to_follow_up")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), READ)


def run(chain: ModelChain, as_of: datetime.date, **rows: list[dict]) -> None:
    """Build from these rows and no others. A rate of one customer is a rate here."""
    delivered = {table: [{**row, **DELIVERED} for row in rows.get(table, [])] for table in TABLES}
    chain.run(delivered, as_of, {"nps_min_responses": 1})
    assert chain.broken_tests() == []


def account(account_id: str, **told: str) -> dict:
    return {"account_id": account_id, "account_name": account_id, **told}


def contract(account_id: str, product_id: str = "p1", start: str = "2023-01-01", end: str | None = None) -> dict:
    """100 a month."""
    return {
        "contract_id": f"{account_id} {product_id}",
        "account_id": account_id,
        "product_id": product_id,
        "start_date": datetime.date.fromisoformat(start),
        "end_date_exclusive": end and datetime.date.fromisoformat(end),
        "monthly_amount": 100,
        "currency": "JPY",
    }


def when(event: str, moment: str) -> dict:
    """UTC and business day of a moment in Tokyo; of a day alone its midnight."""
    tokyo = datetime.datetime.fromisoformat(moment)
    return {f"{event}_at": tokyo - datetime.timedelta(hours=9), f"{event}_date": tokyo.date()}


def answer(response_id: str, account_id: str, user_id: str | None, score: int, moment: str, **told: str) -> dict:
    ids = {"response_id": response_id, "account_id": account_id, "user_id": user_id}
    return {**ids, "survey_type": "nps", "score": score, **when("responded", moment), **told}


def invitation(account_id: str, user_id: str, moment: str) -> dict:
    ids = {"invitation_id": f"{account_id} {user_id} {moment}", "account_id": account_id, "user_id": user_id}
    return {**ids, "survey_type": "nps", **when("sent", moment)}


def touch(touch_id: str, account_id: str, moment: str) -> dict:
    return {"touch_id": touch_id, "account_id": account_id, **when("touched", moment)}


def kpis(chain: ModelChain, as_of: str, account_id: str, product_id: str = "all") -> dict[str, object]:
    """Indicator → its value, or why there is none."""
    columns = ", ".join(f"coalesce({key}_null_reason, ({key}_numerator / {key}_denominator)::varchar)" for key in KPIS)
    [row] = chain.query(
        f"""select {columns} from intermediate.int_satisfaction_kpis
            where as_of_date = '{as_of}' and account_id = '{account_id}' and product_id = '{product_id}'"""
    )
    return dict(zip(KPIS, row, strict=True))


def test_who_was_invited_and_kept_silent_is_a_group_of_its_own(chain: ModelChain) -> None:
    """Three customers are invited on 10 May 2023. `loud` answers 9; `quiet` and `gone` do not, and `gone` leaves in
    October. `own` was not invited and says 8: that counts for NPS, and not for the response rate. `late` is invited on
    10 May 2025, answers 0 too late, on 10 June, and is too young to say what became of it."""
    names = ("loud", "quiet", "gone", "own", "late")
    run(
        chain,
        NEWEST,
        accounts=[account(name) for name in names],
        contracts=[contract(name, end="2023-10-01" if name == "gone" else None) for name in names],
        survey_invitations=[
            *(invitation(name, "u1", "2023-05-10T10:00") for name in ("loud", "quiet", "gone")),
            invitation("late", "u1", "2025-05-10T10:00"),
        ],
        surveys=[
            answer("r1", "loud", "u1", 9, "2023-05-12T09:00"),
            answer("r2", "own", "u1", 8, "2023-05-12T09:00"),
            answer("r3", "late", "u1", 0, "2025-06-10T09:00"),
        ],
    )
    assert set(
        chain.query("select nps_group, accounts, churned_accounts, churn_rate from marts.mart_nps_behaviour")
    ) == {
        ("promoter", 1, 0, 0.0),
        ("passive", 1, 0, 0.0),
        ("detractor", 0, 0, None),
        ("invited_but_silent", 2, 1, 0.5),
    }
    # 9 and 8: one promoter of two. 1 of 3 invitations was answered.
    [(responses, nps, invited, answered, rate)] = chain.query(
        """select responses, nps, invited, answered_invitations, response_rate from marts.mart_nps
           where period_type = 'month' and period_start_date = '2023-05-01' and scope_type = 'all'"""
    )
    assert (responses, nps, invited, answered, rate) == (2, 50.0, 3, 1, pytest.approx(1 / 3))
    assert kpis(chain, "2023-06-30", "loud")["survey_response_rate"] == "1.0"
    assert kpis(chain, "2023-06-30", "quiet")["survey_response_rate"] == "0.0"
    assert kpis(chain, "2023-06-30", "own")["survey_response_rate"] == "account_not_in_survey_invitations"
    assert kpis(chain, "2025-06-30", "late")["survey_response_rate"] == "0.0"
    assert kpis(chain, "2025-06-30", "loud")["survey_response_rate"] == "no_invitation_due"


def test_a_low_answer_of_a_merged_account_is_followed_up_by_whoever_calls_the_one_it_became(chain: ModelChain) -> None:
    """`old` is part of `new` by now. Its user says 4 on 1 March at 10:00, due on the 4th; `new` is called on 28
    February, which is no answer to that, and on 2 March at 10:00, 24 hours later. Its other user, 9 a month before,
    says 6 on 3 March, due on the 6th: called on the 10th at 00:00 only, late."""
    rows = {
        "accounts": [account("old", merged_into_account_id="new", owner_id="o1"), account("new", owner_id="o2")],
        "contracts": [contract("old", "p1"), contract("new", "p2")],
        "surveys": [
            answer("r0", "old", "u2", 9, "2024-02-01T10:00"),
            answer("r1", "old", "u1", 4, "2024-03-01T10:00"),
            answer("r2", "old", "u2", 6, "2024-03-03T10:00"),
        ],
        "touches": [
            touch("t1", "new", "2024-02-28T10:00"),
            touch("t2", "new", "2024-03-02T10:00"),
            touch("t3", "old", "2024-03-10"),
        ],
    }
    items = """select response_id, account_id, owner_id, reason, due_date::varchar, first_touch_date::varchar,
        hours_to_first_touch, status, null_reason from marts.mart_low_score_followup order by response_id"""

    run(chain, datetime.date(2024, 3, 1), **rows)
    assert chain.query(items) == [("r1", "new", "o2", "low_score", "2024-03-04", None, None, "open", "not_touched_yet")]
    assert kpis(chain, "2024-03-01", "new")["low_score_follow_up"] == "no_low_answer_due"
    assert kpis(chain, "2024-03-01", "new")["hours_to_follow_up"] == "no_low_answer_touched"

    # On the due day itself the item is still in time, and counts in no share.
    run(chain, datetime.date(2024, 3, 6), **rows)
    assert chain.query(items)[1] == ("r2", "new", "o2", "both", "2024-03-06", None, None, "open", "not_touched_yet")
    assert kpis(chain, "2024-03-06", "new")["low_score_follow_up"] == "1.0"

    run(chain, datetime.date(2024, 3, 7), **rows)
    assert chain.query(items) == [
        ("r1", "new", "o2", "low_score", "2024-03-04", "2024-03-02", 24.0, "in_time", None),
        ("r2", "new", "o2", "both", "2024-03-06", None, None, "overdue", "not_touched_yet"),
    ]
    assert kpis(chain, "2024-03-07", "new")["low_score_follow_up"] == "0.5"
    assert kpis(chain, "2024-03-07", "new")["hours_to_follow_up"] == "24.0"

    run(chain, datetime.date(2024, 3, 10), **rows)
    # From 10:00 on the 3rd to 00:00 on the 10th: 6 days and 14 hours. The mean of 24 and 158 hours is 91.
    assert chain.query(items)[1] == ("r2", "new", "o2", "both", "2024-03-06", "2024-03-10", 158.0, "late", None)
    assert kpis(chain, "2024-03-10", "new")["hours_to_follow_up"] == "91.0"
    assert kpis(chain, "2024-03-10", "new", "p1")["hours_to_follow_up"] == "measured_per_account"


def test_a_user_speaks_once_for_the_account_and_once_for_each_product(chain: ModelChain) -> None:
    """u1 says 10 about p1, later 2 about p2; u2 says 7 and names no product. As a whole: 2 and 7."""
    run(
        chain,
        datetime.date(2024, 4, 30),
        accounts=[account("a")],
        contracts=[contract("a", "p1"), contract("a", "p2"), contract("a", "p3")],
        surveys=[
            answer("r1", "a", "u1", 10, "2024-03-01", product_id="p1"),
            answer("r2", "a", "u1", 2, "2024-04-01", product_id="p2"),
            answer("r3", "a", "u2", 7, "2024-04-01"),
        ],
    )
    said = {product: kpis(chain, "2024-04-30", "a", product) for product in ("all", "p1", "p2", "p3")}
    assert {product: (row["nps_score"], row["nps"]) for product, row in said.items()} == {
        "all": ("4.5", "-50.0"),
        "p1": ("10.0", "100.0"),
        "p2": ("2.0", "-100.0"),
        "p3": ("no_valid_answer", "no_valid_answer"),
    }
    assert chain.query(
        """select metric_value from intermediate.int_account_metrics
           where as_of_date = '2024-04-30' and metric_key = 'nps_score' and product_id = 'all'"""
    ) == [(4.5,)]


def test_what_happens_later_changes_no_day_before_it(chain: ModelChain) -> None:
    known = {
        "accounts": [account("a"), account("b")],
        "contracts": [contract("a"), contract("b")],
        "survey_invitations": [invitation("a", "u1", "2024-03-10T10:00"), invitation("b", "u1", "2024-02-01T10:00")],
        "surveys": [answer("r1", "a", "u2", 5, "2024-03-29T10:00"), answer("r2", "b", "u2", 9, "2024-03-01T10:00")],
        "touches": [touch("t1", "b", "2024-02-01T10:00")],
    }
    later = {
        **known,
        "survey_invitations": [*known["survey_invitations"], invitation("b", "u3", "2024-04-02T10:00")],
        "surveys": [
            *known["surveys"],
            answer("r3", "a", "u1", 10, "2024-04-02T10:00"),
            answer("r4", "b", "u2", 1, "2024-04-02T10:00"),
        ],
        "touches": [*known["touches"], touch("t2", "a", "2024-04-01T10:00")],
    }
    until_march = "from intermediate.int_satisfaction_kpis where as_of_date between '2024-02-01' and '2024-03-31'"
    columns = ", ".join(f"{key}_{part}" for key in KPIS for part in ("numerator", "denominator", "null_reason"))
    query = f"select as_of_date, account_id, product_id, {columns} {until_march} order by all"
    run(chain, datetime.date(2024, 3, 31), **known)
    as_published = chain.query(query)
    run(chain, datetime.date(2024, 4, 30), **later)
    assert len(as_published) > 100
    assert chain.query(query) == as_published
    # And it does change the days after it: u1 of a had answered in time once that time is over.
    assert kpis(chain, "2024-04-08", "a")["survey_response_rate"] == "no_invitation_due"
    assert kpis(chain, "2024-04-09", "a")["survey_response_rate"] == "1.0"
    assert kpis(chain, "2024-04-01", "a")["hours_to_follow_up"] == "72.0"
