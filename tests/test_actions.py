"""The action queue (A1): who is in it and why, worked out by hand, whether an item keeps its id, and `csw actions`."""

import csv
import datetime
import io
from pathlib import Path

import duckdb
import pytest
from model_chain import ModelChain
from rich.console import Console
from typer.testing import CliRunner

from orchestration.actions import Language, safe, show_actions
from orchestration.cli import app
from orchestration.settings import DataDir, Refused

TABLES = ("accounts", "contracts", "logins", "surveys", "touches")
DELIVERED = {"_delivery": "1", "_source_file": "made_up.csv"}
Rows = dict[str, list[dict]]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return ModelChain(tmp_path_factory.mktemp("compiled"), ["marts.mart_action_queue marts.mart_account_360"])


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def account(account_id: str, owner_id: str | None = "o1") -> dict:
    return {"account_id": account_id, "account_name": account_id, "owner_id": owner_id}


def contract(account_id: str, start: str, end: str, product_id: str = "p1", **told: object) -> dict:
    """100 a month for ten seats."""
    return {
        "contract_id": f"{account_id} {product_id} {start}", "account_id": account_id, "product_id": product_id,
        "start_date": day(start), "end_date_exclusive": day(end), "monthly_amount": 100, "currency": "JPY",
        "end_date_meaning": "committed_term", "quantity": 10, "signed_date": None, "cancelled_date": None, **told,
    }  # fmt: skip


def answer(response_id: str, account_id: str, score: int, date: str) -> dict:
    moment = datetime.datetime.fromisoformat(f"{date}T03:00")
    ids = {"response_id": response_id, "account_id": account_id, "user_id": f"{account_id} {response_id}"}
    return {**ids, "survey_type": "nps", "score": score, "responded_at": moment, "responded_date": day(date)}


def touch(account_id: str, date: str) -> dict:
    moment = datetime.datetime.fromisoformat(f"{date}T06:00")
    ids = {"touch_id": f"{account_id} {date}", "account_id": account_id, "minutes": 15}
    return {**ids, "touched_at": moment, "touched_date": day(date)}


def logins(account_id: str, users: int, first: str, last: str) -> list[dict]:
    """Every day, each of the users."""
    days = [day(first) + datetime.timedelta(n) for n in range((day(last) - day(first)).days + 1)]
    return [
        {"account_id": account_id, "user_id": f"{account_id} {n}", "login_date": one, "event_count": 1}
        for one in days
        for n in range(users)
    ]


def queue(chain: ModelChain, as_of: str, rows: Rows) -> dict[tuple[str, str], dict]:
    """(customer, reason) → its row, built as of a day; what is dated later has not happened."""
    delivered = {table: [{**row, **DELIVERED} for row in rows.get(table, [])] for table in TABLES}
    chain.run(delivered, day(as_of))
    assert chain.broken_tests() == []
    cursor = chain.connection.execute("from marts.mart_action_queue")
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["account_id"], row["reason_key"]): row for row in found}


def test_a_low_answer_stays_one_item_until_somebody_is_in_touch_and_the_next_one_is_another(chain: ModelChain) -> None:
    """`a` says 3 on 25 June and another user 6 on the 27th, a touch follows on the 29th, a 2 on the 30th; `b` is
    touched, so that touches are recorded. What is said after the day is not known on it."""
    rows = {
        "accounts": [account("a"), account("b", None)],
        "contracts": [contract(name, "2025-01-01", "2026-01-01") for name in "ab"],
        "surveys": [answer("r1", "a", 3, "2025-06-25"), answer("r2", "a", 6, "2025-06-27"),
                    answer("r3", "a", 2, "2025-06-30"), answer("r4", "b", 9, "2025-06-25")],
        "touches": [touch("b", "2025-02-01"), touch("a", "2025-06-29")],
    }  # fmt: skip
    key = ("a", "low_nps")
    first, second = queue(chain, "2025-06-25", rows)[key], queue(chain, "2025-06-28", rows)[key]
    assert first["action_id"] == second["action_id"] and len(first["action_id"]) == 16
    assert first["action_id"][0] == "a"  # no sheet takes it for a number
    assert first["sentence_en"] == "Answered 3 of 10 on 2025-06-25; nobody has been in touch since."
    assert second["sentence_en"] == (
        "Answered 6 of 10 on 2025-06-27, 2 low answers in all; nobody has been in touch since."
    )
    assert second["sentence_ja"] == (
        "2025-06-27のNPS回答は10点中6点、未対応の低評価は計2件、その後の接触はありません。"
    )
    assert (second["owner_id"], second["mrr_at_stake"], second["due_date"]) == ("o1", 100, day("2025-06-28"))
    assert (second["expected_mrr_gain"], second["gain_null_reason"]) == (None, "reason_is_not_about_the_level")
    assert key not in queue(chain, "2025-06-29", rows)
    again = queue(chain, "2025-06-30", rows)[key]
    assert again["action_id"] != first["action_id"] and again["opened_date"] == day("2025-06-30")
    assert [row for row in queue(chain, "2025-06-30", rows) if row[0] == "b" and row[1] == "low_nps"] == []


def test_a_renewal_is_one_item_from_90_days_before_to_its_end_and_then_waits(chain: ModelChain) -> None:
    """Contracts end on 1 August (not covered). `low` has logged in once: level 0. So have `signed`, which has its next
    contract, and `quit`, which is cancelled; `good` has two of ten people in every day: level 3, not low.
    `monthly` is always about to be renewed."""
    ended = ("low", "signed", "quit", "good")
    rows = {
        "accounts": [account(name) for name in (*ended, "monthly")],
        "contracts": [
            *(contract(name, "2024-08-01", "2025-08-01") for name in ("low", "signed", "good")),
            contract("quit", "2024-08-01", "2025-08-01", cancelled_date=day("2025-06-01")),
            contract("signed", "2025-08-01", "2026-08-01", signed_date=day("2025-06-01")),
            *(contract("monthly", f"2025-0{n}-01", f"2025-0{n + 1}-01") for n in range(1, 8)),
        ],
        "logins": [*logins("good", 2, "2025-03-01", "2025-08-10"),
                   *(login for name in ("low", "signed", "quit", "monthly")
                     for login in logins(name, 1, "2025-03-01", "2025-03-01"))],
    }  # fmt: skip
    key = ("low", "renewal_low_level")
    found = {as_of: queue(chain, as_of, rows) for as_of in ("2025-05-02", "2025-05-03", "2025-07-15", "2025-08-09")}
    # 90 days before 1 August is 3 May, 30 days before is 2 July; due 21 and 7 days later.
    assert key not in found["2025-05-02"]
    early, late = found["2025-05-03"][key], found["2025-07-15"][key]
    assert {name for name, reason in found["2025-07-15"] if reason == "renewal_low_level"} == {"low"}
    assert early["action_id"] == late["action_id"]
    assert [(row["label_en"], row["opened_date"], row["due_date"]) for row in (early, late)] == [
        ("Renewal within 90 days, low level", day("2025-05-03"), day("2025-05-24")),
        ("Renewal within 30 days, low level", day("2025-07-02"), day("2025-07-09")),
    ]
    assert late["sentence_en"].startswith("Renewal in 17 days, on 2025-08-01, on success level 0. Next step – One")
    assert late["sentence_ja"].startswith("更新日2025-08-01まであと17日、サクセスレベルは0です。次のステップは「平均")
    assert late["is_overdue"] and late["gain_null_reason"] is None
    # After the end the customer has 60 days to renew late.
    assert key not in found["2025-08-09"]
    assert found["2025-08-09"]["low", "expired_awaiting_renewal"]["sentence_en"] == (
        "Ended on 2025-08-01, 8 days ago, and not renewed; counts as churned from 2025-09-30."
    )
    assert ("quit", "expired_awaiting_renewal") not in found["2025-08-09"]


def test_a_fall_and_over_use_keep_their_ids_while_they_last(chain: ModelChain) -> None:
    """Six of ten people of `f` log in every day until 31 May: level 4. From 1 June on two do, and 28 days later it is
    level 3. From 1 July on it is twelve on ten seats: level 5, and over-use, on the 1st already. On 1 October they are
    all gone; within a quarter of 30 September that is a fall of its own. `b` logs in all the time: log-ins arrive."""
    rows = {
        "accounts": [account("f"), account("b")],
        "contracts": [contract(name, "2025-01-01", "2026-01-01") for name in "fb"],
        "logins": [*logins("b", 1, "2025-02-01", "2025-10-28"),
                   *logins("f", 6, "2025-02-01", "2025-05-31"), *logins("f", 2, "2025-06-01", "2025-06-30"),
                   *logins("f", 12, "2025-07-01", "2025-09-30")],
    }  # fmt: skip
    days = ("2025-06-27", "2025-06-28", "2025-06-30", "2025-07-01", "2025-08-10", "2025-10-28")
    found = {as_of: queue(chain, as_of, rows) for as_of in days}
    fall, over = ("f", "level_fall"), ("f", "over_use")
    # 28 days up to 27 June begin on 31 May, up to the 28th on 1 June.
    assert [as_of for as_of in days if fall in found[as_of]] == ["2025-06-28", "2025-06-30", "2025-10-28"]
    assert found["2025-06-28"][fall]["action_id"] == found["2025-06-30"][fall]["action_id"]
    assert found["2025-06-30"][fall]["opened_date"] == day("2025-06-28")
    assert found["2025-06-30"][fall]["sentence_en"] == (
        "Success level 3, down from 4 on 2025-05-31."
        " Next step – Half of the seats are used: 20.0 %, 30.0 % away from 50.0 %."
    )
    assert found["2025-10-28"][fall]["action_id"] != found["2025-06-30"][fall]["action_id"]
    assert "down from 5 on 2025-09-30" in found["2025-10-28"][fall]["sentence_en"]
    assert [as_of for as_of in days if over in found[as_of]] == ["2025-07-01", "2025-08-10"]
    assert found["2025-07-01"][over]["action_id"] == found["2025-08-10"][over]["action_id"]
    assert found["2025-08-10"][over]["sentence_en"] == "Uses 120.0 % of its seats: 12 users on 10 seats."
    assert found["2025-08-10"][over]["product_id"] == "p1"


def test_sources_that_never_came_give_no_rows_and_touches_unknown(chain: ModelChain) -> None:
    """Without log-ins there is no level, without answers no low one; the end of a contract needs neither. Without
    touches nobody knows whether a low answer was followed up: it stays, and says so."""
    rows = {"accounts": [account("a")], "contracts": [contract("a", "2024-06-20", "2025-06-20")]}
    assert set(queue(chain, "2025-06-30", rows)) == {("a", "expired_awaiting_renewal")}
    assert chain.query("select distinct touches, touch_minutes from marts.mart_account_360") == [(None, None)]
    assert chain.query("select open_actions from marts.mart_account_360 where open_actions is not null") == [(1,)]
    told = queue(chain, "2025-06-30", {**rows, "surveys": [answer("r1", "a", 0, "2025-06-25")]})
    assert told["a", "low_nps"]["sentence_en"].endswith("; whether anybody has been in touch is not known.")
    assert told["a", "expired_awaiting_renewal"]["is_touched"] is None
    assert told["a", "expired_awaiting_renewal"]["is_overdue"]


PUBLISHED = """
create schema marts; create schema reference;
create table reference.currencies as select * from (values ('USD', 2)) as t(currency, minor_digits);
create table marts.dim_account as select * from (values
    ('a1', '=HYPERLINK("http://x")', '+o', 'USD'), ('-a2', 'Plain, Ltd.', null, 'USD'), ('a3', 'c', 'o3', 'USD')
) as t(account_id, account_name, owner_id, currency);
create table marts.mart_action_queue as
select *, date '2025-06-30' as as_of_date, '=SUM' as sentence_ja, 'ja' as label_ja, '\t=p' as product_id,
    date '2025-06-01' as opened_date, date '2025-06-08' as due_date, null::date as last_touch_date,
    null::varchar as gain_null_reason
from (values
    (2, 'i2', 'a1', '+o', 'level_fall', 'Fall', 'Success level [2].', 123456, -250, -0.01, false),
    (1, 'i1', '-a2', null, 'low_nps', 'Low', '@home says 3.', 5, null, null, true)
) as t(priority, action_id, account_id, owner_id, reason_key, label_en, sentence_en, mrr_at_stake, expected_mrr_gain,
       expected_nrr_gain, is_overdue)"""


@pytest.fixture
def published(tmp_path: Path) -> DataDir:
    data_dir = DataDir(tmp_path)
    with duckdb.connect(str(data_dir.published)) as connection:
        connection.execute(PUBLISHED)
    return data_dir


def shown(data_dir: DataDir, owner: str | None = None, top: int = 20, path: Path | None = None) -> str:
    console = Console(file=io.StringIO(), width=200)
    show_actions(data_dir, console, owner, Language.en, top, path)
    return console.file.getvalue()


def test_the_queue_is_read_most_urgent_first_and_by_owner(published: DataDir) -> None:
    page = shown(published)
    assert page.index("@home says 3.") < page.index("Success level [2].")
    assert "1,234.56 USD" in page and "-2.50 USD" in page and "2025-06-08 !" in page
    assert "Low" not in shown(published, "+o") and "Fall" not in shown(published, "nobody")
    assert "1 more: --top 2 shows them" in shown(published, top=1)
    assert shown(published, "o3") == "Nothing is open for o3.\n"


def test_a_sheet_gets_numbers_as_numbers_and_no_text_as_a_formula(published: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    assert "2 open actions" in shown(published, path=path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["account_id"], first["sentence"], first["owner_id"]) == ("'-a2", "'@home says 3.", "")
    assert (second["account_name"], second["owner_id"], second["product_id"]) == (
        "'=HYPERLINK(\"http://x\")", "'+o", "'\t=p",
    )  # fmt: skip
    assert ",1234.56,-2.50," in path.read_text(encoding="utf-8-sig")
    assert (first["mrr_at_stake"], first["expected_mrr_gain"], first["as_of_date"]) == ("0.05", "", "2025-06-30")


@pytest.mark.parametrize("sign", ["=", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_is_text_in_a_sheet_in_its_wide_form_too(sign: str) -> None:
    assert safe({"account_name": f"{sign}1+1"}, "account_name") == f"'{sign}1+1"


def test_what_cannot_be_shown_is_said_in_a_sentence(published: DataDir, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"No customer has the owner 'bob'. The owners are: \+o, nobody, o3."):
        shown(published, "bob")
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        shown(published, path=tmp_path / "none" / "queue.csv")
    with duckdb.connect(str(published.published)) as connection:
        connection.execute("drop table marts.mart_action_queue")
    with pytest.raises(Refused, match="`csw run` builds it"):
        shown(published)
    said = CliRunner().invoke(app, ["actions", "--data-dir", str(tmp_path / "none")])
    assert said.exit_code == 1
