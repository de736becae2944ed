"""Scores, phases and levels from raw rows to marts: properties of random companies, and one company worked out by hand.

What becomes known later changes no score, phase or level of an earlier day."""

import datetime
import random
from collections.abc import Iterator

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from model_chain import ModelChain
from random_companies import as_known, known_from, plus_months

DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2026, 7, 15)  # two weeks after another version of the health score came into force
DAILY = 20
COMPANIES = 25
MARTS = ("fct_health_score", "fct_approach_score", "fct_health_component", "fct_success_level", "fct_level_condition")
KEPT = (*(f"marts.{name}" for name in MARTS), "intermediate.int_account_phases", "intermediate.int_account_metrics")
SEEDS = ("success_level_conditions", "health_profiles", "health_scoring_points", "score_caps", "phases")
UNIT = "as_of_date, account_id, product_id"

# Queries that must not find a row, whatever the company.
PROPERTIES = {
    "The points lost by the parts of a score add up to 100 less the score.": f"""
        select {UNIT}, score_kind from marts.fct_health_component inner join (
            select {UNIT}, 'health' as score_kind, score from marts.fct_health_score
            union all select {UNIT}, 'approach', score from marts.fct_approach_score
        ) as scores using ({UNIT}, score_kind)
        group by all having abs(sum(lost_points) - (100 - any_value(scores.score))) > 1e-6
            or (sum(lost_points) is null) <> (any_value(scores.score) is null)""",
    "A score is between 0 and 100, and NULL exactly where a reason stands.": """
        from marts.fct_health_score
        where score not between 0 and 100 or (score is null) <> (null_reason is not null)
            or (score is null) <> (band = 'no_data')""",
    "A change of the score is NULL exactly where a reason stands.": """
        from marts.fct_health_score
        where (score_change_28d is null) <> (score_change_28d_null_reason is not null)
            or (score_change_90d is null) <> (score_change_90d_null_reason is not null)""",
    "The score of a customer lies between those of its products, and names the lowest.": f"""
        select customers.{UNIT.replace(", ", ", customers.")} from marts.fct_health_score as customers
            inner join marts.fct_health_score as products using (as_of_date, account_id)
        where customers.product_id = 'all' and products.product_id <> 'all' and customers.score is not null
        group by all having not any_value(customers.score) between min(products.score) - 1e-8
                and max(products.score) + 1e-8
            or any_value(customers.lowest_score) <> min(products.score)""",
    "Every customer and product it holds is in exactly one phase on every day.": f"""
        select {UNIT} from intermediate.int_account_units left join intermediate.int_account_phases using ({UNIT})
        group by all having count(phase) <> 1""",
    "Whoever is scored holds the product that day.": f"""
        select {UNIT} from marts.fct_health_score anti join intermediate.int_account_units using ({UNIT})""",
    # Unknown is failed for the lower bound and met for the upper one; what nobody can know is no condition.
    "All that a level asks for is met up to it, and something right above it is not.": f"""
        select {UNIT} from marts.fct_success_level inner join marts.fct_level_condition as asked using ({UNIT})
        where not is_skipped
        group by {UNIT}, level_low, level_high
        having bool_or(asked.success_level <= level_low and is_met is distinct from true)
            or bool_or(asked.success_level <= level_high and is_met is not distinct from false)
            or level_low < max(asked.success_level)
                and not bool_or(asked.success_level = level_low + 1 and is_met is distinct from true)
            or level_high < max(asked.success_level)
                and not bool_or(asked.success_level = level_high + 1 and is_met is not distinct from false)""",
    "A level is known exactly where its bounds meet.": """
        from marts.fct_success_level
        where measured_level is distinct from case when level_low = level_high then level_low end
            or level_low > level_high or (measured_level is null) <> (null_reason is not null)
            or (level_low < level_high) <> (capped_by is not null)""",
}
# What the random companies must contain, or the properties above would be proved on nothing.
REACHABLE = {
    "a score set by hand": "from marts.fct_health_score where override_author_id is not null",
    "a score held down": "from marts.fct_health_score where cap_key is not null and product_id <> 'all'",
    "a value that is remembered": "from marts.fct_health_component where measured_date < as_of_date",
    "a score of too little": "from marts.fct_health_score where score is null",
    "a customer of two products that score otherwise": """
        from marts.fct_health_score where product_id = 'all' and lowest_score < score - 1""",
    "a level that is not known": "from marts.fct_success_level where level_low < level_high",
    "a condition that nobody can know": "from marts.fct_level_condition where is_skipped",
    "a customer that left": """
        select account_id from marts.fct_health_score group by all
        having max(as_of_date) < (select max(as_of_date) from intermediate.int_as_of_spine)""",
}
CHANGED = [
    f"select '{table}', * from (from {one} except all from {other})"
    for table in KEPT
    for now, then in [(f"(from {table} where as_of_date <= date '{TODAY}')", f"kept.{table.split('.')[1]}")]
    for one, other in [(now, then), (then, now)]
]
# Announcements are the indicator that some have and others have not, or nobody has. Values live on for a week, and a
# cap holds down whoever gives less than 9 or is away for a week.
RANDOM_SEEDS = """
    insert into reference.success_level_conditions
        select * replace (2 as success_level, 'reads' as condition_key, 'announcement_read_rate' as metric_key,
            0.5 as threshold)
        from reference.success_level_conditions where product_profile = 'default' and success_level = 1;
    update reference.health_profiles set time_to_live_days = 7;
    update reference.score_caps set maximum_score = 10, threshold = 8
"""

PROFILE = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"2026-{text}")


def noon(date: datetime.date | None) -> datetime.datetime | None:
    return date and datetime.datetime.combine(date, datetime.time(3))  # UTC; noon in Tokyo


def line(account: str, product: str = "p", price: int = 100, seats: int | None = 2, **more: object) -> dict:
    return {
        **{"contract_id": f"{account} {product}", "account_id": account, "product_id": product, "currency": "JPY"},
        **{"start_date": day("01-01"), "end_date_exclusive": None, "end_date_meaning": "committed_term"},
        **{"term_months": None, "cancelled_date": None, "signed_date": None, "tax_included": False},
        **{"monthly_amount": price, "quantity": seats, **more},
    }


def login(account: str, user: str, product: str | None, date: datetime.date) -> dict:
    ids = {"event_id": f"{account} {user} {date}", "account_id": account, "user_id": user, "product_id": product}
    return {**ids, "login_date": date, "event_count": 1}


def answer(account: str, score: int, date: datetime.date, **more: str | None) -> dict:
    ids = {"response_id": account, "account_id": account, "user_id": "u0", "survey_type": "nps"}
    return {**ids, "score": score, "responded_date": date, "responded_at": noon(date), **more}


def announcement(account: str, date: datetime.date, read: datetime.date | None, number: int = 0) -> dict:
    ids = {"announcement_id": f"{account} {number}", "account_id": account, "user_id": "u0"}
    return {**ids, "delivered_date": date, "delivered_at": noon(date), "read_date": read, "read_at": noon(read)}


def word(name: str, score: int, begins: datetime.date, expires: datetime.date) -> dict:
    said = {"override_id": name, "account_id": "told", "author_id": "o1", "reason": "champion left", "score": score}
    return {**said, "valid_from_date": begins, "expires_date": expires}


def company(pick: random.Random) -> dict[str, list[dict]]:
    """All that will ever be known of a company of a few customers: raw table → rows, up to six weeks after today."""
    tables = ("contracts", "logins", "surveys", "announcement_deliveries", "health_overrides", "onboarding_tasks")
    rows: dict[str, list[dict]] = {name: [] for name in tables}
    rows["accounts"] = [{"account_id": name, "account_name": name} for name in "abcz"]
    # History begins with z, whatever somebody signs too late for a time before.
    rows["contracts"].append(line("z", "q", seats=1, start_date=TODAY - 400 * DAY))
    has_announcements = pick.random() < 0.7
    for account in "abc":
        products = pick.choice([["work-tool"], ["core-infra"], ["work-tool", "p"]])
        whose = [None, *products]
        for product in products:
            rows["contracts"] += some_contracts(pick, account, product)
        rows["logins"] += some_logins(pick, account, whose)
        for number in range(pick.randint(0, 4)):
            answered = answer(account, pick.choice([0, 2, 8, 10]), some_day(pick), product_id=pick.choice(whose))
            rows["surveys"].append({**answered, "response_id": f"{account} {number}"})
        for number in range(pick.choice([0, 0, 1, 2]) if has_announcements else 0):
            delivered_on, read_after = some_day(pick), pick.choice([None, 0, 20])
            read_on = None if read_after is None else delivered_on + read_after * DAY
            rows["announcement_deliveries"].append(announcement(account, delivered_on, read_on, number))
        if pick.random() < 0.5:
            begins, days = some_day(pick), pick.choice([1, 10, 40])
            said = word(account, pick.choice([0, 50, 100]), begins, begins + days * DAY)
            rows["health_overrides"].append({**said, "account_id": account, "product_id": pick.choice(whose)})
        rows["onboarding_tasks"].append(
            {"account_id": account, "product_id": products[0], "task_key": "t", "is_mandatory": True}
            | {"planned_date": TODAY - 90 * DAY, "completed_date": pick.choice([None, some_day(pick)])}
        )
    return rows


def some_day(pick: random.Random) -> datetime.date:
    """Today, the day before or after, or any day from three months before to six weeks after."""
    return TODAY + pick.choice([-1, 0, 1, *[pick.randint(-90, 45)] * 3]) * DAY


def some_contracts(pick: random.Random, account: str, product: str) -> list[dict]:
    """A line that runs today, has ended, or will begin, and perhaps what follows it or comes on top, told of later."""
    start, lines = TODAY + pick.choice([-400, -200, -200, -120, -60, -40, 5]) * DAY, []
    for number in range(pick.randint(1, 2)):
        months = pick.choice([1, 3, 12, 12, None])
        end = plus_months(start, months) if months else None
        cancelled = pick.choice([None, None, some_day(pick)]) if end else None
        if cancelled:
            end = max(start + DAY, min(end, cancelled + 5 * DAY))
        lines.append(
            line(account, product, pick.choice([0, 100, 300]), pick.choice([None, 2, 2, 4]), start_date=start)
            | {"contract_id": f"{account} {product} {number}", "end_date_exclusive": end, "term_months": months}
            | {"signed_date": pick.choice([None, None, start - 10 * DAY, TODAY, TODAY + DAY, TODAY + 20 * DAY])}
            | {"cancelled_date": cancelled}
        )
        start = (end or start + 30 * DAY) + pick.choice([0, 1]) * DAY
    return lines


def some_logins(pick: random.Random, account: str, whose: list[str | None]) -> list[dict]:
    """Users who come every so many days, from and until a day."""
    return [
        login(account, f"u{user}", product, first + number * DAY)
        for user in range(pick.randint(0, 3))
        for product, first, every in [(pick.choice(whose), TODAY - pick.randint(30, 90) * DAY, pick.choice([1, 2, 30]))]
        for last in [pick.choice([TODAY + 40 * DAY, some_day(pick)])]
        for number in range(0, (last - first).days + 1, every)
    ]


def as_of(rows: dict[str, list[dict]], today: datetime.date) -> dict[str, list[dict]]:
    """The rows as they stood on a day: what is dated later is not there, and what became of a row later is not told."""
    told = {
        "contracts": [as_known(line, today) for line in rows["contracts"] if known_from(line) <= today],
        "onboarding_tasks": [_untold(row, "completed_date", (), today) for row in rows["onboarding_tasks"]],
    }
    for table, dated in (
        *(("logins", "login_date"), ("surveys", "responded_date"), ("health_overrides", "valid_from_date")),
        ("announcement_deliveries", "delivered_date"),
    ):
        told[table] = [row for row in rows[table] if row[dated] <= today]
    told["announcement_deliveries"] = [
        _untold(row, "read_date", ("read_at",), today) for row in told["announcement_deliveries"]
    ]
    return {**rows, **told}


def _untold(row: dict, dated: str, others: tuple[str, ...], today: datetime.date) -> dict:
    return row if not row[dated] or row[dated] <= today else {**row, **dict.fromkeys((dated, *others))}


def delivered(rows: dict[str, list[dict]]) -> dict[str, list[dict]]:
    files = {"_delivery": "1", "_source_file": "rows.csv"}
    return {
        table: [{**row, **files, "_row_number": number} for number, row in enumerate(listed)]
        for table, listed in rows.items()
    }


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    chain = ModelChain(tmp_path_factory.mktemp("compiled"), [*KEPT, *PROPERTIES.values(), *REACHABLE.values()])
    chain.query("create schema kept")
    for name in SEEDS:
        chain.query(f"create table kept.{name} as from reference.{name}")
    return chain


@pytest.fixture
def chain(compiled: ModelChain) -> Iterator[ModelChain]:
    yield compiled
    for name in SEEDS:
        compiled.query(f"delete from reference.{name}; insert into reference.{name} from kept.{name}")


@pytest.fixture
def random_chain(chain: ModelChain) -> ModelChain:
    chain.query(RANDOM_SEEDS)
    return chain


def run(chain: ModelChain, rows: dict[str, list[dict]], today: datetime.date, daily: int = DAILY, **more: int) -> None:
    chain.run(delivered(rows), today, {"daily_history_days": daily, "nps_answer_valid_days": 30, **more})


def test_what_comes_later_changes_nothing_that_stood(random_chain: ModelChain) -> None:
    """First the rows as they stood today; then all rows, some days later, with the same dates up to today."""
    chain, reached = random_chain, set()

    @settings(PROFILE, max_examples=COMPANIES)
    @given(pick=st.randoms(use_true_random=True), later=st.sampled_from([1, 40]))
    def it_holds(pick: random.Random, later: int) -> None:
        told = company(pick)
        run(chain, as_of(told, TODAY), TODAY)
        broken = {sentence: rows for sentence, query in PROPERTIES.items() if (rows := chain.query(query))}
        assert not broken
        assert not chain.broken_tests()
        reached.update(what for what, query in REACHABLE.items() if chain.query(query))
        for table in KEPT:
            chain.query(f"create or replace table kept.{table.split('.')[1]} as from {table}")
        run(chain, told, TODAY + later * DAY, DAILY + later)
        assert not [row for query in CHANGED for row in chain.query(query)]

    it_holds()
    assert reached == set(REACHABLE)


# One company by hand. A score is made of the seats that are used (half of it) and of what users answer; an answer of 3
# or less holds it at 40. Levels ask for a user, then for announcements that are read, then for half of the seats in
# use. Users log in daily since April 2026; a contract has two seats at 100 a month, that of `few` has four.
BY_HAND_SEEDS = """
    delete from reference.health_profiles;
    insert into reference.health_profiles values
        ('health', 'v', 'default', 'all', 'seats', 'seat_utilisation', 50, null, date '2000-01-01', null),
        ('health', 'v', 'default', 'all', 'answers', 'nps_score', 50, 5, date '2000-01-01', null);
    delete from reference.health_scoring_points;
    insert into reference.health_scoring_points values
        ('seats', 'linear', 0, 0), ('seats', 'linear', 1, 100),
        ('answers', 'linear', 0, 0), ('answers', 'linear', 10, 100);
    delete from reference.score_caps;
    insert into reference.score_caps
        values ('health', 'v', 'all', 'all', 'advised_against', 'nps_score', '<=', 3, 40, 'Advise against it', '-');
    delete from reference.success_level_conditions;
    insert into reference.success_level_conditions values
        ('default', 1, 'somebody', 'active_users_28d', '>=', 1, 'Somebody', '-'),
        ('default', 2, 'reads', 'announcement_read_rate', '>=', 0.5, 'Reads', '-'),
        ('default', 3, 'seats', 'seat_utilisation', '>=', 0.5, 'Seats', '-')
"""
END_OF_JUNE = datetime.date(2026, 6, 30)
USERS = {"plain": 1, "told": 1, "answered": 1, "warned": 2, "reads": 1, "few": 1, "nobody": 0, "gone": 1}


LOGGED_IN = [
    *((name, None, users, day("05-31") if name == "gone" else END_OF_JUNE) for name, users in USERS.items()),
    *(("two", "p", 2, END_OF_JUNE), ("two", "q", 1, END_OF_JUNE)),
]
BOOK = {
    "accounts": [{"account_id": name, "account_name": name} for name in [*USERS, "two"]],
    "contracts": [
        *(line(name, seats=4 if name == "few" else 2) for name in USERS if name != "gone"),
        # cancelled in May for the end of May: there is no grace
        line("gone", end_date_exclusive=day("06-01"), term_months=5, cancelled_date=day("05-10")),
        *(line("two", "p", 300), line("two", "q", 100)),
    ],
    "logins": [
        login(name, f"{product} {user}", product, day("04-01") + number * DAY)
        for name, product, users, last in LOGGED_IN
        for user in range(users)
        for number in range((last - day("04-01")).days + 1)
    ],
    "surveys": [answer("answered", 10, day("05-24")), answer("warned", 2, day("06-25"))],
    "health_overrides": [
        word("early", 5, day("06-01"), day("06-10")),
        word("late", 15, day("06-12"), day("06-20")),
    ],
    "announcement_deliveries": [announcement("reads", day("06-20"), day("06-21"))],
    "onboarding_tasks": [],
}


@pytest.fixture
def by_hand(chain: ModelChain) -> ModelChain:
    chain.query(BY_HAND_SEEDS)
    return chain


def june(chain: ModelChain, **instead: list[dict]) -> ModelChain:
    """The company as of the end of June, every day since the middle of May; an answer is good for ten days."""
    run(chain, {**BOOK, **instead}, END_OF_JUNE, 45, nps_answer_valid_days=10)
    assert not chain.broken_tests()
    return chain


def scores(chain: ModelChain, account: str, product: str = "p") -> dict[str, float]:
    """Day of 2026 → score."""
    rows = chain.query(
        f"""select strftime(as_of_date, '%m-%d'), score from marts.fct_health_score
            where account_id = '{account}' and product_id = '{product}'"""
    )
    return dict(rows)


def levels(chain: ModelChain) -> dict[str, tuple]:
    """Customer → level, its bounds, and what it waits for, at the end of June."""
    rows = chain.query(
        f"""select account_id, success_level, level_low, level_high, capped_by, null_reason from marts.fct_success_level
            where product_id = 'p' and as_of_date = '{END_OF_JUNE}'"""
    )
    return {account: tuple(found) for account, *found in rows}


def test_without_the_announcements_that_others_have_a_level_is_open_and_not_failed(by_hand: ModelChain) -> None:
    found = levels(june(by_hand))
    assert found["reads"] == (3, 3, 3, None, None)
    assert found["plain"] == (None, 1, 3, "reads", "condition_unknown")
    assert found["few"] == (None, 1, 2, "reads", "condition_unknown")  # one of four seats
    assert found["nobody"] == (0, 0, 0, None, None)


def test_where_nobody_has_announcements_nobody_waits_for_them(by_hand: ModelChain) -> None:
    found = levels(june(by_hand, announcement_deliveries=[]))
    assert found["plain"] == found["reads"] == (3, 3, 3, None, None)
    assert found["few"] == (2, 2, 2, None, None)
    assert found["nobody"] == (0, 0, 0, None, None)


def test_a_cap_holds_a_score_down_and_says_what_it_takes(by_hand: ModelChain) -> None:
    """Two users of two seats are 100, an answer of 2 is 20: a mean of 60, held at 40."""
    found = scores(june(by_hand), "warned")
    assert (found["06-24"], found["06-25"]) == (100, 40)
    parts = by_hand.query(
        f"""select part, component_key, lost_points from marts.fct_health_component
            where account_id = 'warned' and as_of_date = '{END_OF_JUNE}' and score_kind = 'health' order by position"""
    )
    assert parts == [("component", "answers", 40), ("cap", "advised_against", 20), ("component", "seats", 0)]


def test_a_word_holds_from_its_day_until_the_day_before_it_expires(by_hand: ModelChain) -> None:
    """One user of two seats is 50. The words: 5 from the 1st until the 9th of June, 15 from the 12th until the 19th."""
    found = scores(june(by_hand), "told")
    days = ("05-31", "06-01", "06-09", "06-10", "06-11", "06-12", "06-19", "06-20", "06-30")
    assert [found[one] for one in days] == [50, 5, 5, 50, 50, 15, 15, 50, 50]


def test_a_value_stands_in_for_as_long_as_the_seed_lets_it_live(by_hand: ModelChain) -> None:
    """The answer of 24 May is good until 2 June (ten days, the day of the answer among them): the mean of 50 and 100.
    The end of May is remembered for five days, and from 6 June on 50 stands alone."""
    found = scores(june(by_hand), "answered")
    assert [found[one] for one in ("05-23", "05-24", "06-02", "06-05", "06-06")] == [50, 75, 75, 75, 50]
    stood = by_hand.query(
        """select measured_date from marts.fct_health_component
            where account_id = 'answered' and component_key = 'answers' and as_of_date = '2026-06-05'"""
    )
    assert stood == [(day("05-31"),)]


def test_who_left_keeps_the_last_score_and_gets_no_other(by_hand: ModelChain) -> None:
    found = scores(june(by_hand), "gone")
    assert (max(found), found["05-31"]) == ("05-31", 50)
    held = by_hand.query("select max(as_of_date) from marts.fct_success_level where account_id = 'gone'")
    assert held == [(day("05-31"),)]


def test_products_weigh_by_what_is_paid_for_them(by_hand: ModelChain) -> None:
    """p at 300 has both seats in use, q at 100 one of two: (300 x 100 + 100 x 50) / 400."""
    june(by_hand)
    whole = by_hand.query(
        f"""select product_id, score, lowest_score from marts.fct_health_score
            where account_id = 'two' and as_of_date = '{END_OF_JUNE}' order by product_id"""
    )
    assert whole == [("all", 87.5, 50), ("p", 100, 100), ("q", 50, 50)]
