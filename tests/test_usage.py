"""Use and seats worked out by hand (S3, S4, S5): windows, ties, borders, merged accounts, several products, silence and
missing feeds. The files go through ingestion and the models' own SQL, as of 2024-06-30: 28 days begin on 06-03, the 28
before them on 05-06, 90 days on 04-02."""

import datetime
from pathlib import Path

import pytest
from conftest import write_landing
from model_chain import ModelChain

from orchestration.ingest import ingest

AS_OF = datetime.date(2024, 6, 30)
ACCOUNTS = """account_id,account_name,merged_into_account_id
one,One,
two,Two,
half,Half,
old,Old name of half,half
full,Full,
over,Over,
young,Young,
open,Without seats,
silent,Silent,
"""
# `one` is three months old on the day itself, `young` a day later; `two` holds two products.
CONTRACTS = """contract_id,account_id,product_id,start_date,end_date,monthly_amount,quantity,plan
c1,one,tool,2024-03-30,2025-03-30,100,4,
c2,two,tool,2024-01-01,2025-01-01,100,4,
c3,two,infra,2024-01-01,2025-01-01,100,2,
c4,half,tool,2024-01-01,2025-01-01,100,4,pro
c5,full,tool,2024-01-01,2025-01-01,100,4,
c6,over,tool,2024-01-01,2025-01-01,100,1,
c7,young,tool,2024-04-01,2025-04-01,100,1,
c8,open,tool,2024-01-01,2025-01-01,100,,
c9,silent,tool,2024-01-01,2025-01-01,100,2,
"""
# Half past three in the afternoon, UTC, is the next day in Tokyo: `full` has three people, not four.
LOGINS = """account_id,user_id,login_at,product_id,event_count
one,u1,2024-06-03 09:00:00+09:00,tool,2
one,u1,2024-06-30 23:59:59+09:00,tool,1
one,u2,2024-06-02 09:00:00+09:00,tool,3
one,u1,2024-05-06 09:00:00+09:00,tool,1
one,u1,2024-05-05 09:00:00+09:00,tool,1
one,u4,2024-04-02 09:00:00+09:00,tool,1
one,u3,2024-04-01 09:00:00+09:00,tool,1
two,x,2024-06-20 09:00:00+09:00,tool,1
two,x,2024-06-20 10:00:00+09:00,infra,1
half,h1,2024-06-30 09:00:00+09:00,,1
old,h2,2024-06-29 09:00:00+09:00,,1
full,f1,2024-06-30 09:00:00+09:00,tool,1
full,f2,2024-06-30 09:00:00+09:00,tool,1
full,f3,2024-06-30 14:59:59+00:00,tool,1
full,f4,2024-06-30 15:30:00+00:00,tool,1
over,o1,2024-06-30 09:00:00+09:00,tool,1
over,o2,2024-06-30 09:00:00+09:00,tool,1
young,y1,2024-06-30 09:00:00+09:00,tool,1
open,p1,2024-06-30 09:00:00+09:00,tool,1
"""
# For a product without plan: c1, c2, c3, c8 and c9. `pro` adds c4; c5 has gone that day, c6 comes the day after.
CONTENTS = """content_id,product_id,topic,available_from,available_to,plan,is_basic
c1,tool,A,,,,true
c2,tool,B,,,,true
c3,tool,A,,,,
c4,tool,C,,,pro,
c5,tool,A,,2024-06-30,,true
c6,tool,A,2024-07-01,,,true
c7,infra,D,,,,
c8,,B,,,,
c9,tool,E,2024-06-30,,,false
"""
# one: c1 on four days, c2 on three, c3 before the window, c4 not in its plan: A 4, B 6.
# two: A 5 and B 5, a tie. half: A 3, B 3, C 2, E 2: three tenths. over: nine accesses are too few.
USAGE = """account_id,user_id,occurred_at,content_id,event_count
one,u1,2024-06-03 00:00:00+09:00,c1,1
one,u1,2024-06-10 00:00:00+09:00,c1,1
one,u1,2024-06-17 00:00:00+09:00,c1,1
one,u1,2024-06-30 14:59:00+00:00,c1,1
one,u1,2024-06-04 00:00:00+09:00,c2,2
one,u1,2024-06-05 00:00:00+09:00,c2,2
one,u1,2024-06-06 00:00:00+09:00,c2,2
one,u1,2024-06-02 23:59:59+09:00,c3,9
one,u1,2024-06-06 00:00:00+09:00,c4,9
two,x,2024-06-20 00:00:00+09:00,c3,5
two,x,2024-06-20 00:00:00+09:00,c8,5
half,h1,2024-06-20 00:00:00+09:00,c1,2
old,h2,2024-06-20 00:00:00+09:00,c1,1
half,h1,2024-06-20 00:00:00+09:00,c2,3
half,h1,2024-06-20 00:00:00+09:00,c4,2
half,h1,2024-06-30 00:00:00+09:00,c9,2
over,o1,2024-06-20 00:00:00+09:00,c1,9
full,f1,2024-04-01 00:00:00+09:00,c1,50
full,f1,2024-06-30 15:00:00+00:00,c2,50
"""
# one: of two in the window one is read by the day. two: unread.
ANNOUNCEMENTS = """announcement_id,account_id,user_id,delivered_at,read_at
n1,one,u1,2024-04-01 09:00:00+09:00,2024-04-01 09:00:00+09:00
n2,one,u1,2024-04-02 09:00:00+09:00,2024-07-01 09:00:00+09:00
n3,one,u1,2024-06-30 09:00:00+09:00,2024-06-30 10:00:00+09:00
n4,one,u1,2024-07-01 09:00:00+09:00,
n4,two,x,2024-06-30 09:00:00+09:00,
"""
# one: u1, u2 (issued that day), u5 (usable until the end of it) and u6 (always there); not u3 and u4.
USERS = """account_id,user_id,issued_date,deactivated_date
one,u1,2024-04-01,
one,u2,2024-06-30,
one,u3,2024-07-01,
one,u4,2024-01-01,2024-06-30
one,u5,2024-01-01,2024-07-01
one,u6,,
two,x,2024-01-01,
over,o1,2024-01-01,
over,o2,2024-01-01,
"""
FILES = {
    "accounts/a.csv": ACCOUNTS,
    "contracts/c.csv": CONTRACTS,
    "logins/l.csv": LOGINS,
    "content_catalog/c.csv": CONTENTS,
    "usage_events/u.csv": USAGE,
    "announcement_deliveries/a.csv": ANNOUNCEMENTS,
    "users/u.csv": USERS,
}
WINDOWS = "logins_28d, logins_28d_before, active_users_28d, active_days_28d, active_users_90d, days_since_last_login"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    folder = tmp_path_factory.mktemp("usage")
    chain = ModelChain(folder, ["marts.fct_usage", "marts.mart_account_kpi", "marts.fct_kpi"])
    write_landing(folder, FILES)
    assert {file.status for file in ingest(chain.connection, folder / "landing")} == {"loaded"}
    chain.run({}, AS_OF, {"daily_history_days": 1})
    return chain


def usage(chain: ModelChain, columns: str) -> dict[tuple[str, str], tuple]:
    rows = chain.query(f"select account_id, product_id, {columns} from marts.fct_usage where as_of_date = '{AS_OF}'")
    return {(account, product): tuple(values) for account, product, *values in rows}


def test_log_ins_are_counted_in_windows_that_end_with_the_day(chain: ModelChain) -> None:
    found = usage(chain, WINDOWS)
    assert found["one", "tool"] == found["one", "all"] == (3, 4, 1, 2, 3, 0)
    assert found["silent", "all"] == (0, 0, 0, 0, 0, None)
    assert found["half", "tool"] == (2, 0, 2, 2, 2, 0)  # one under its old name, none with a product
    assert found["full", "all"][:3] == (3, 0, 3)


def test_who_uses_two_products_is_one_person_of_the_customer(chain: ModelChain) -> None:
    found = usage(chain, "active_users_28d, logins_28d, seat_utilisation")
    assert found["two", "all"] == (1, 2, 0.166666667)
    assert found["two", "tool"] == (1, 1, 0.25)
    assert found["two", "infra"] == (1, 1, 0.5)


def test_the_status_follows_utilisation_once_three_months_have_passed(chain: ModelChain) -> None:
    found = usage(chain, "seat_utilisation, usage_status, status_null_reason, is_above_contract")
    assert found["one", "tool"] == (0.25, "rarely_used", None, False)
    assert found["half", "tool"] == (0.5, "in_use", None, False)
    assert found["full", "tool"] == (0.75, "well_used", None, False)
    assert found["over", "tool"] == (2.0, "well_used", None, True)
    assert found["young", "tool"] == (1.0, None, "customer_too_new_to_judge", False)
    assert found["open", "tool"] == (None, None, "no_seats_in_contract", False)
    assert found["silent", "tool"] == (0.0, "rarely_used", None, False)


def test_contents_are_those_of_the_plan_on_the_day(chain: ModelChain) -> None:
    found = usage(chain, "contents_available, contents_used, content_coverage, basics_available, basics_used_regularly")
    assert found["one", "tool"] == (5, 2, 0.4, 2, 1)
    assert found["half", "tool"] == (6, 4, 0.666666667, 2, 0)
    assert found["two", "tool"] == (5, 2, 0.4, 2, 0)
    assert found["two", "infra"] == (2, 1, 0.5, 0, 0)  # c8 belongs to both products
    assert found["two", "all"] == (6, 2, 0.333333333, 2, 0)  # and counts once for the customer
    assert found["full", "tool"] == (5, 0, 0.0, 2, 0)
    assert found["silent", "tool"] == (None,) * 5


def test_a_favourite_topic_needs_enough_accesses_and_a_large_enough_share(chain: ModelChain) -> None:
    found = usage(chain, "favourite_topic, top_topic_share, content_null_reason")
    assert found["one", "tool"] == ("B", 0.6, None)
    assert found["two", "all"] == ("A", 0.5, None)
    assert found["half", "all"] == ("A", 0.3, None)
    assert found["over", "all"] == (None, 1.0, None)
    assert found["full", "all"] == (None, None, None)
    assert found["silent", "all"] == (None, None, "account_not_in_usage_events")


def test_an_announcement_is_read_when_it_was_read_by_the_day(chain: ModelChain) -> None:
    columns = "announcements_delivered, announcements_read, announcement_read_rate, announcement_null_reason"
    found = usage(chain, columns)
    assert found["one", "tool"] == (2, 1, 0.5, None)
    assert found["two", "all"] == (1, 0, 0.0, None)
    assert found["two", "tool"] == (None, None, None, "announcement_deliveries_without_product")
    assert found["half", "tool"] == (None, None, None, "no_announcement_in_the_window")


def test_seats_are_issued_until_the_day_before_they_are_taken_back(chain: ModelChain) -> None:
    found = usage(chain, "seats_contracted, seats_issued, seat_issue_rate, seat_engagement, seat_null_reason")
    assert found["one", "tool"] == (4, 4, 1.0, 0.25, None)
    assert found["over", "tool"] == (1, 2, 2.0, 1.0, None)
    assert found["two", "all"] == (6, 1, 0.166666667, 1.0, None)
    assert found["two", "tool"] == (4, None, None, None, "users_without_product")
    assert found["full", "tool"] == (4, None, None, None, "account_not_in_users")


def test_indicators_of_use_are_numerators_over_denominators(chain: ModelChain) -> None:
    rows = chain.query(
        """select kpi_key, numerator, denominator, kpi_value, null_reason from marts.mart_account_kpi
           where account_id = 'one' and product_id = 'all' and stage = 'usage'"""
    )
    found = {key: values for key, *values in rows}
    assert found["login_change_28d"] == [-1, 4, -0.25, None]
    assert found["logins_per_week"] == [3, 4, 0.75, None]
    assert found["basic_content_share"] == [1, 2, 0.5, None]
    assert found["has_favourite_topic"] == [1, 1, 1, None]
    silent = chain.query(
        """select kpi_key, kpi_value, null_reason from marts.mart_account_kpi
           where account_id = 'silent' and product_id = 'all' and stage = 'usage' and null_reason is not null
           order by all"""
    )
    assert {key: reason for key, _, reason in silent} == {
        "announcement_read_rate": "no_announcement_in_the_window",
        "basic_content_share": "account_not_in_usage_events",
        "content_coverage": "account_not_in_usage_events",
        "days_since_last_login": "never_logged_in",
        "favourite_topic_share": "account_not_in_usage_events",
        "has_favourite_topic": "account_not_in_usage_events",
        "login_change_28d": "no_logins_in_the_window_before",
        "seat_engagement": "account_not_in_users",
        "seat_issue_rate": "account_not_in_users",
    }
    assert {value for _, value, _ in silent} == {None}


def test_the_company_is_the_sum_over_its_customers_and_never_a_mean_of_rates(chain: ModelChain) -> None:
    [(value, numerator, denominator, measured, known)] = chain.query(
        f"""select kpi_value, numerator, denominator, measured_things, known_things from marts.fct_kpi
            where kpi_key = 'seat_utilisation' and scope_type = 'all' and as_of_date = '{AS_OF}'"""
    )
    # Seats 4 + 6 + 4 + 4 + 1 + 1 + 2, people 1 + 1 + 2 + 3 + 2 + 1 + 0; `open` has no seats.
    assert (numerator, denominator, measured, known) == (10, 22, 8, 7)
    assert value == pytest.approx(10 / 22, abs=1e-9)


def test_no_row_after_the_day_changes_anything_before_it(chain: ModelChain, tmp_path: Path) -> None:
    before = chain.query("select * from marts.fct_usage order by all")
    later = {
        "logins/later.csv": "account_id,user_id,login_date\none,u9,2024-07-01\n",
        "usage_events/later.csv": "account_id,user_id,occurred_date,content_id\none,u9,2024-07-01,c3\n",
        "announcement_deliveries/later.csv": "announcement_id,account_id,user_id,delivered_date,read_date\n"
        "n9,one,u9,2024-07-01,2024-07-01\n",
    }
    write_landing(tmp_path, {**FILES, **later})
    ingest(chain.connection, tmp_path / "landing")
    chain.run({}, AS_OF, {"daily_history_days": 1})
    assert chain.query("select * from marts.fct_usage order by all") == before
