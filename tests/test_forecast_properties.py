"""What must hold of every forecast mart, whatever the company: nothing that comes later changes what was said of a day,
before a window has matured the seed speaks alone, and a bridge leaves nothing over."""

import datetime
import random
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from model_chain import ModelChain
from random_companies import DAY, Company, as_known, known_from, plus_months
from test_target_curve import books, delivered, set_targets

COMPANIES = 32
# A row per as-of date; and the newest day alone.
HISTORY = ("mart_expected_nrr", "mart_expected_nrr_monthly", "fct_expected_nrr", "mart_level_nrr", "mart_nrr_landing",
           "mart_forecast_accuracy")  # fmt: skip
NEWEST = ("mart_expected_nrr_bridge", "mart_expected_nrr_change", "mart_what_if", "mart_level_lever",
          "mart_target_curve", "mart_action_queue")  # fmt: skip
POLICIES = {"daily_history_days": 8, "resampling_draws": 40, "shrinkage_accounts": 1}
DATED = {"logins": "login_date", "surveys": "responded_date", "touches": "touched_date"}

# A level the seed does not name is assumed to do what one that is not known does.
ASSUMED = "coalesce(assumed_nrr, (select assumed_nrr from reference.assumed_level_nrr where success_level is null))"
# Queries that must not find a row, whatever the company.
PROPERTIES = {
    "Before a window has matured a customer is expected to do what the seed says of its level.": f"""
        from marts.fct_expected_nrr left join reference.assumed_level_nrr using (success_level)
        where as_of_date < (select coalesce(min(matured_date), '9999-12-31') from intermediate.int_windows)
            and (basis <> 'assumed' or expected_nrr <> {ASSUMED})""",
    "A month is then as much of that year as it is long.": f"""
        from intermediate.int_monthly_expectations as months
        inner join marts.fct_expected_nrr as year using (as_of_date, account_id, product_id)
        left join reference.assumed_level_nrr using (success_level)
        where as_of_date < (select coalesce(min(matured_date), '9999-12-31') from intermediate.int_monthly_windows)
            and (months.basis <> 'assumed'
                or abs(months.expected_mrr / months.mrr - power({ASSUMED}, horizon_months / 12)) > 1e-9)""",
    "A bridge leaves nothing over, and its parts add up.": """
        from marts.mart_expected_nrr_bridge
        where residual_mrr <> 0 or residual_nrr <> 0
            or size_mrr + level_mrr + contract_mrr + rate_mrr + left_mrr + came_mrr <> change_mrr
            or size_nrr + level_nrr + contract_nrr + rate_nrr + left_nrr + came_nrr <> change_nrr""",
}
# What the random companies must contain, or nothing would be proved.
REACHABLE = {
    "cells that have seen something": "from marts.mart_level_nrr where basis = 'observed'",
    "days before that": "from marts.mart_expected_nrr where basis = 'assumed'",
    "intervals": "from marts.mart_expected_nrr where expected_nrr_high > expected_nrr_low",
    "past forecasts that were wrong": "from marts.mart_forecast_accuracy where mean_absolute_error > 0",
    "months that were seen": "from marts.mart_expected_nrr_monthly where basis <> 'assumed'",
    "months ahead of them": "from marts.mart_expected_nrr_monthly where basis = 'assumed'",
    "a bridge": "from marts.mart_expected_nrr_bridge where change_nrr <> 0",
    "levels": "select 1 from marts.fct_expected_nrr having count(distinct success_level) > 2",
    "a landing": "from marts.mart_nrr_landing where landing_nrr <> nrr_so_far",
    "a lever": "from marts.mart_level_lever where gain_mrr_all <> 0",
    "an action after a low answer": "from marts.mart_action_queue where reason_key = 'low_nps'",
    "an action of another kind": "from marts.mart_action_queue where reason_key <> 'low_nps'",
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    queries = [*(f"marts.{name}" for name in (*HISTORY, *NEWEST)), *PROPERTIES.values()]
    return ModelChain(tmp_path_factory.mktemp("compiled"), queries)


def events(pick: random.Random, company: Company) -> dict[str, list[dict]]:
    """Log-ins, answers and touches of the last two years and of the two months after the day."""
    rows: dict[str, list[dict]] = {table: [] for table in DATED}
    for account in company.accounts:
        for user in range(pick.randint(0, 3)):
            first, last = company.as_of - pick.choice([700, 200]) * DAY, some_day(pick, company)
            for number in range(0, (max(first, last) - first).days + 1, pick.choice([2, 5, 9])):
                one = {"account_id": account, "user_id": f"u{user}", "event_count": 1}
                rows["logins"].append({**one, "login_date": first + number * DAY})
        for number in range(pick.randint(2, 7)):
            date, ids = some_day(pick, company), {"account_id": account, "user_id": f"u{number}"}
            said = {"response_id": f"{account} {number}", "survey_type": "nps", "score": pick.choice([0, 3, 6, 10])}
            rows["surveys"].append({**ids, **said, "responded_date": date, "responded_at": noon(date)})
        for number in range(pick.randint(0, 3)):
            date = some_day(pick, company)
            ids = {"touch_id": f"{account} {number}", "account_id": account, "touch_type": "call"}
            rows["touches"].append({**ids, "touched_date": date, "touched_at": noon(date)})
    return rows


def some_day(pick: random.Random, company: Company) -> datetime.date:
    return company.as_of + pick.choice([-1, 0, 1, *[pick.randint(-60, 60)] * 3]) * DAY


def noon(date: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(date, datetime.time(3))  # UTC; noon in Tokyo


def run(chain: ModelChain, company: Company, rows: dict[str, list[dict]], as_of: datetime.date) -> None:
    rows = {table: delivered(listed) for table, listed in rows.items()}
    chain.run({**company.raw, **rows}, as_of, {**company.policies, **POLICIES})


def found(chain: ModelChain, tables: tuple[str, ...], condition: str = "true") -> dict[str, list[str]]:
    """Every digit of every row."""
    query = "from marts.{} where {} order by all"
    return {name: [repr(row) for row in chain.query(query.format(name, condition))] for name in tables}


def grown_up(company: Company, days: int | None) -> Company:
    """The company so many days after its first contract, when windows have matured."""
    return replace(company, as_of=min(line["start_date"] for line in company.lines) + days * DAY) if days else company


def test_what_comes_later_changes_no_forecast_mart(chain: ModelChain) -> None:
    """First the rows that were there on a day; then all there will ever be, on the day itself or some time after it."""
    reached: set[str] = set()

    @settings(derandomize=True, deadline=None, database=None, max_examples=COMPANIES, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(
        company=st.builds(grown_up, books(), st.sampled_from([None, 480, 700, 900, 1100])),
        pick=st.randoms(use_true_random=True),
        later=st.sampled_from([0, 0, 40, 400]),
    )
    def it_holds(company: Company, pick: random.Random, later: int) -> None:
        first = company.as_of.replace(day=1)
        set_targets(chain, (plus_months(first, -7), plus_months(first, 4), 1.1), (plus_months(first, -3), None, 1.2))
        rows = {"contracts": company.lines, **events(pick, company)}
        told = {table: [row for row in rows[table] if row[day] <= company.as_of] for table, day in DATED.items()}
        lines = [as_known(line, company.as_of) for line in company.lines if known_from(line) <= company.as_of]
        # Days thin out to month ends, and the newest day is not the newest any more.
        tables, condition = (HISTORY + NEWEST, "true") if later == 0 else (HISTORY, "as_of_date = last_day(as_of_date)")
        run(chain, company, {**told, "contracts": lines}, company.as_of)
        reached.update(what for what, query in REACHABLE.items() if chain.query(query))
        assert not [sentence for sentence, query in PROPERTIES.items() if chain.query(query)]
        assert not chain.broken_tests()
        stood = found(chain, tables, condition)
        run(chain, company, rows, company.as_of + later * DAY)
        if later:
            condition += f" and as_of_date <= date '{company.as_of}'"
        stands = found(chain, tables, condition)
        assert not [name for name in tables if stood[name] != stands[name]]

    it_holds()
    assert reached == set(REACHABLE)
