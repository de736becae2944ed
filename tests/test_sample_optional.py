"""The sample's optional sources, as ingestion reads them: nothing from the future, relations as planted."""

from datetime import date

import duckdb
import pytest

from orchestration import sample_rates as rates
from orchestration.ingest import ingest
from orchestration.sample import write_sample
from orchestration.sample_optional import OPTIONAL_SOURCES

END = date(2025, 11, 14)  # within a survey wave
HAPPENED = {
    "users": ("issued_date", "deactivated_date"),
    "usage_events": ("occurred_date",),
    "announcement_deliveries": ("delivered_date", "read_date"),
    "onboarding_tasks": ("started_date", "completed_date"),
    "handovers": ("handed_over_date", "csm_assigned_date", "kickoff_date", "delivery_date"),
    "survey_invitations": ("sent_date",),
    "touches": ("touched_date",),
    "goals": ("set_date",),
    "goal_actuals": ("measured_date",),
    "reviews": ("recorded_date",),
    "health_overrides": ("valid_from_date",),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A connection to 400 accounts over two and a half years, ingested; `levels` is the truth."""
    landing = tmp_path_factory.mktemp("company") / "landing"
    truth = write_sample(landing, accounts=400, months=30, end_date=END)
    with duckdb.connect() as connection:
        ingest(connection, landing)
        connection.register("truth", truth.levels)
        connection.execute("create table levels as select account_id, month, success_level as level from truth")
        yield connection


def by_level(company, value, source, day):
    """A mean for levels 0 to 1, 2 to 3 and 4 to 5, of the level in the month of `day`."""
    found = company.sql(
        f"select level // 2 as band, avg({value}) from {source} join levels using (account_id) "
        f"where levels.month = date_trunc('month', {day}) group by band order by band"
    ).fetchall()
    assert [band for band, _ in found] == [0, 1, 2]
    return [mean for _, mean in found]


def number(company, query):
    return company.sql(query).fetchone()[0]


@pytest.mark.parametrize("source", OPTIONAL_SOURCES)
def test_every_optional_source_arrives_without_unknown_columns(company, source):
    assert number(company, f"select count(*) from raw.{source}") > 0
    assert company.sql(
        f"select distinct status, unknown_columns from raw.loaded_files where source = '{source}'"
    ).fetchall() == [("loaded", None)]


@pytest.mark.parametrize(("source", "column"), [(name, day) for name, days in HAPPENED.items() for day in days])
def test_nothing_has_happened_after_the_end_date(company, source, column):
    last = number(company, f"select max({column}) from raw.{source}")
    assert last <= END
    assert (END - last).days < 60  # and the source goes on to the end


def test_natural_keys_repeat_only_where_duplicates_were_put(company):
    keys = {"usage_events": "account_id, user_id, occurred_date, product_id, content_id",
            "announcement_deliveries": "announcement_id, account_id, user_id", "survey_invitations": "invitation_id",
            "onboarding_tasks": "account_id, product_id, task_key", "handovers": "account_id, product_id",
            "goals": "goal_id", "goal_actuals": "goal_id, measured_date", "reviews": "review_id",
            "health_overrides": "override_id"}
    for source, key in keys.items():
        assert number(company, f"select count(*) - count(distinct ({key})) from raw.{source}") == 0
    for source, key in {"users": "account_id, user_id, product_id", "touches": "touch_id"}.items():
        twice = number(company, f"select count(*) - count(distinct ({key})) from raw.{source}")
        assert twice == rates.DIRTY_ROWS_PER_KIND


def test_read_rate_and_coverage_rise_with_the_level(company):
    read = by_level(company, "cast(read_at is not null as int)", "raw.announcement_deliveries", "delivered_date")
    used = by_level(
        company, "contents",
        """(select account_id, product_id, date_trunc('month', occurred_date) as used_in,
                count(distinct content_id) as contents from raw.usage_events group by all)""", "used_in",
    )
    assert read[1] - read[0] > 0.15 and read[2] - read[1] > 0.15
    assert used[1] - used[0] > 0.6 and used[2] - used[1] > 1


def test_favourite_topics_are_of_high_levels_and_turn_to_automation(company):
    topics = """(select account_id, product_id, date_trunc('month', occurred_date) as used_in,
            sum(event_count) filter (topic = 'automation') / sum(event_count) as automation,
            cast(sum(event_count) >= 20 and max(events) >= 0.5 * sum(event_count) as int) as has_favourite
        from (select account_id, product_id, occurred_date, topic, event_count,
                  sum(event_count) over (
                      partition by account_id, product_id, date_trunc('month', occurred_date), topic) as events
              from raw.usage_events join raw.content_catalog using (content_id, product_id)) group by all)"""
    favourite = by_level(company, "has_favourite", topics, "used_in")
    automation = by_level(company, "coalesce(automation, 0)", topics, "used_in")
    assert favourite[1] - favourite[0] > 0.2 and favourite[2] - favourite[1] > 0.2
    assert automation[2] - automation[0] > 0.2


def test_self_sufficiency_knows_nothing_of_the_level_but_the_pace_does(company):
    chains = """(select account_id, min(planned_date) as planned, count(completed_date) / count(*) as done,
            avg(cast(done_by = 'customer' as int)) filter (completed_date is not null) as by_customer
        from raw.onboarding_tasks group by account_id having min(planned_date) < date '2025-06-01')"""
    settled = f"(select *, planned + interval 56 day as settled from {chains})"
    correlation, done = company.sql(
        f"""select corr(level, by_customer), corr(level, done) from {settled} join levels using (account_id)
            where levels.month = date_trunc('month', settled)"""
    ).fetchone()
    assert abs(correlation) < 0.2 < done


def test_set_ups_of_both_profiles_exist_and_recent_ones_are_in_progress(company):
    projects = dict(company.sql(
        "select product_id, count(kickoff_planned_date) / count(*) from raw.handovers group by product_id"
    ).fetchall())
    assert projects == {"core-infra": 1, "work-tool": 0}
    assert company.sql("select distinct product_id from raw.onboarding_tasks").fetchall() == [("work-tool",)]
    assert 0 < number(company, "select avg(cast(is_mandatory as int)) from raw.onboarding_tasks") < 1
    late = "avg(cast(completed_date > planned_date as int))"
    assert 0.2 < number(company, f"select {late} from raw.onboarding_tasks where completed_date is not null") < 0.8
    old, recent = (number(company, f"select avg(cast(completed_date is null as int)) from raw.onboarding_tasks "
                                   f"where planned_date {when}") for when in ("< '2025-08-01'", ">= '2025-11-01'"))
    assert 0 < old < 0.4 < recent
    early = "avg(cast(csm_assigned_date < start_date as int))"
    first = "(select account_id, product_id, min(start_date) as start_date from raw.contracts group by all)"
    assert 0.3 < number(company, f"select {early} from raw.handovers join {first} using (account_id, product_id)") < 1


def test_some_issue_and_use_more_than_their_seats(company):
    seats = f"""select account_id, product_id, sum(quantity) as seats from raw.contracts
        where start_date <= '{END}' and end_date_exclusive > '{END}' and quantity > 0 group by all"""
    issued = f"""select account_id, product_id, count(distinct user_id) as users from raw.users
        where issued_date <= '{END}' and coalesce(deactivated_date > '{END}', true) group by all"""
    active = f"""select account_id, product_id, count(distinct user_id) as users from raw.usage_events
        where occurred_date > date '{END}' - 28 group by all"""
    for counted, most in ((issued, 0.25), (active, 0.1)):
        over = number(company, f"""select avg(cast(users > seats as int))
            from ({seats}) join ({counted}) using (account_id, product_id)""")
        assert 0 < over < most


def test_users_are_issued_before_they_log_in_and_deactivated_after(company):
    logins = "raw.logins join raw.users using (account_id, user_id, product_id)"
    assert number(company, f"select count(*) from {logins} where login_date < issued_date") == 0
    assert number(company, f"select count(*) from {logins} where login_date >= deactivated_date") == 0
    lacking = number(company, """select count(*)
        from (select distinct account_id, user_id, product_id from raw.logins)
        anti join raw.users using (account_id, user_id, product_id)
        where account_id in (select account_id from raw.users) and account_id <> 'C-UNKNOWN'""")
    assert lacking == 0


def test_some_accounts_lack_a_feed(company):
    active = "(select distinct account_id from levels where level > 2)"  # not too small to have used anything
    lacks = "avg(cast(account_id not in (select account_id from raw.{}) as int))"
    users, usage, news = (
        number(company, f"select {lacks.format(source)} from {active}")
        for source in ("users", "usage_events", "announcement_deliveries")
    )
    assert users == usage
    assert users == pytest.approx(rates.ON_PREMISE_SHARE, abs=0.06)
    assert news == pytest.approx(rates.NO_ANNOUNCEMENTS_SHARE, abs=0.08)


def test_almost_every_answer_has_its_invitation_and_some_accounts_never_answer(company):
    answers = "(select distinct * from raw.surveys where account_id <> 'C-UNKNOWN')"
    invited = number(company, f"""select count(invitation_id) / count(*)
        from {answers} left join raw.survey_invitations using (account_id, user_id, sent_at)""")
    assert 0.95 < invited < 1
    silent = "avg(cast(account_id not in (select account_id from raw.surveys) as int))"
    invitees = "(select distinct account_id from raw.survey_invitations)"
    assert 0.02 < number(company, f"select {silent} from {invitees}") < 0.4


def test_low_scores_are_followed_by_a_call_and_owners_are_those_of_the_accounts(company):
    followed = company.sql(
        f"""select score <= {rates.LOW_SCORE} as is_low, avg(cast(exists (
                select 1 from raw.touches where touches.account_id = surveys.account_id and touch_type = 'call'
                and touched_at >= responded_at and touched_at < responded_at + interval 10 day) as int))
            from raw.surveys group by is_low order by is_low"""
    ).fetchall()
    assert followed[1][1] > rates.LOW_SCORE_TOUCHED_SHARE - 0.05
    assert followed[1][1] - followed[0][1] > 0.25
    assert number(company, """select count(*) from raw.touches join raw.accounts using (account_id)
        where touches.owner_id <> accounts.owner_id""") == 0


def test_goals_are_attained_at_high_levels_which_give_the_reviews(company):
    goals = """(select goals.account_id, measured_date, (value - baseline) / (target - baseline) as attained
        from raw.goal_actuals join raw.goals using (goal_id))"""
    attained = by_level(company, "attained", goals, "measured_date")
    assert attained[1] - attained[0] > 0.25 and attained[2] - attained[1] > 0.25
    giving = "raw.reviews join levels using (account_id) where month = date_trunc('month', recorded_date)"
    assert number(company, f"select avg(level) from {giving}") > 3.5
    assert company.sql("select distinct kind, rating is null from raw.reviews order by kind").fetchall() == [
        ("case", True), ("referral", True), ("review", False)]


def test_overrides_are_a_handful_by_owners_and_some_are_in_force_at_the_end(company):
    count, in_force, of_all_products, told = company.sql(f"""select count(*),
            count(*) filter (valid_from_date <= '{END}' and expires_date > '{END}'),
            count(*) filter (product_id is null), count(distinct reason)
        from raw.health_overrides join (select distinct account_id, owner_id from raw.accounts) using (account_id)
        where author_id = owner_id and score between 0 and 100""").fetchone()
    assert 10 < count == number(company, "select count(*) from raw.health_overrides")
    assert 0 < in_force < count and 0 < of_all_products < count and told > 2


def test_large_samples_get_the_same_rows_as_parquet(tmp_path, monkeypatch):
    size = {"accounts": 40, "months": 4, "end_date": END}
    write_sample(tmp_path / "text", **size)
    monkeypatch.setattr(rates, "PARQUET_LOGINS_ABOVE_ACCOUNTS", 10)
    write_sample(tmp_path / "parquet", **size)
    with duckdb.connect() as text, duckdb.connect() as parquet:
        ingest(text, tmp_path / "text")
        ingest(parquet, tmp_path / "parquet")
        assert {path.parent.name for path in (tmp_path / "parquet").rglob("*.parquet")} >= {"users", "usage_events"}
        for source in OPTIONAL_SOURCES:
            query = f"select columns(c -> not starts_with(c, '_')) from raw.{source} order by all"
            assert text.sql(query).fetchall() == parquet.sql(query).fetchall()
