"""The sample company: same bytes for the same seed, behaviour as declared, dirt as promised."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
import yaml
from conftest import SAMPLE_DAY, Warehouse

from orchestration import sample_dirt as dirt
from orchestration import sample_rates as rates
from orchestration.ingest import ingest
from orchestration.sample import SOURCES as ALL_SOURCES
from orchestration.sample import write_sample
from orchestration.sample_activity import Activity
from orchestration.sample_contracts import INFRA, TOOL
from orchestration.sample_rows import account_ids, company_name
from orchestration.sample_world import CONTRACTION, EXPANSION, LOST, World

END = date(2026, 3, 17)
SIZE = {"accounts": 120, "months": 24, "end_date": END}
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "sample_company.md"
SOURCES = ROOT / "orchestration" / "sources"


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    return tmp_path_factory.mktemp("sample") / "landing"


@pytest.fixture(scope="module")
def truth(landing):
    return write_sample(landing, **SIZE)


@pytest.fixture(scope="module")
def rows(landing, truth):
    return {source: read_all(landing / source) for source in ALL_SOURCES}


@pytest.fixture(scope="module")
def world():
    """Large enough for rates by level; no files."""
    return World(10_000, 36, END, np.random.default_rng(7))


def read_all(folder):
    return [row for path in sorted(folder.iterdir()) for row in read(path)]


def read(path):
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in content.decode().splitlines()]
    encoding = "cp932" if path.parent.name in ("accounts", "onboarding_tasks") else "utf-8-sig"
    return list(csv.DictReader(io.StringIO(content.decode(encoding))))


def bytes_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sound_contracts(rows):
    """Contract lines without those wrong on purpose, dates as dates."""
    lines = {}
    for row in rows["contracts"]:
        if "-" not in row["contract_id"]:
            dates = {name: to_date(row[name]) for name in ("start_date", "end_date", "signed_date")}
            lines[row["contract_id"]] = row | dates
    return lines


def to_date(text):
    return date(*(int(part) for part in text.replace("/", "-").split("-")))


def test_the_same_arguments_give_the_same_bytes_and_another_seed_does_not(landing, truth, tmp_path):
    write_sample(tmp_path / "again", **SIZE)
    write_sample(tmp_path / "other", **SIZE, seed=1)
    assert bytes_of(tmp_path / "again") == bytes_of(landing)
    assert bytes_of(tmp_path / "other").keys() == bytes_of(landing).keys()
    same = set(bytes_of(tmp_path / "other").values()) & set(bytes_of(landing).values())
    assert same == {next((landing / "content_catalog").iterdir()).read_bytes()}
    assert all(path.read_bytes()[4:8] == bytes(4) for path in landing.rglob("*.gz"))  # no time of packing


def test_the_page_states_every_rate_as_it_is_in_the_code():
    table = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]+) \|", PAGE.read_text(), re.MULTILINE)
    stated = {name: [float(number) for number in value.replace(",", "").split("/")] for name, value in table}
    coded = {name: np.atleast_1d(value).astype(float).tolist() for name, value in vars(rates).items() if name.isupper()}
    assert stated == coded
    assert len(table) == len(stated)


def test_the_page_names_every_kind_of_dirt(truth):
    assert set(truth.dirt["kind"].to_pylist()) <= set(re.findall(r"`([a-z0-9_]+)`", PAGE.read_text()))


def shares_by_level(book, among, outcome, declared):
    """Realised shares of an outcome by level; each within four binomial standard errors of the declared one."""
    realised = []
    for level, share in enumerate(declared):
        hit = book["outcome"][among & (book["level"] == level)] == outcome
        assert abs(hit.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(hit))
        realised.append(hit.mean())
    return realised


def test_churn_by_level_falls_with_the_level_and_is_what_the_table_says(world):
    book = world.decisions
    yearly = np.array(rates.CHURN_YEARLY)
    realised = shares_by_level(book, book["term_months"] >= 12, LOST, yearly)
    assert realised == sorted(realised, reverse=True)
    shares_by_level(book, book["term_months"] == 1, LOST, 1 - (1 - yearly) ** (1 / 12))


def test_kept_terms_shrink_and_grow_as_declared(world):
    book = world.decisions
    kept = (book["term_months"] >= 12) & (book["outcome"] != LOST)
    shares_by_level(book, kept, CONTRACTION, rates.CONTRACTION_YEARLY)
    shares_by_level(book, kept, EXPANSION, rates.EXPANSION_YEARLY)


def test_late_renewals_and_notices_have_their_declared_shares(world):
    book = world.decisions
    long = book["term_months"] >= 12
    late = book["delay"][long & (book["outcome"] != LOST)]
    noticed = ~np.isnat(book["cancelled"][book["outcome"] == LOST])
    assert (late > 0).mean() == pytest.approx(rates.LATE_RENEWAL_SHARE, abs=0.012)
    assert noticed.mean() == pytest.approx(rates.CANCELLATION_SHARE, abs=0.05)
    assert late[late > 0].min() >= rates.LATE_RENEWAL_DAYS[0] and late.max() <= rates.LATE_RENEWAL_DAYS[1] < 60


def test_usage_and_answers_rise_with_the_level(world):
    activity = Activity(world, account_ids(world.accounts))
    chain, score = activity.logins(30)["chain"], activity.surveys()["score"]
    users = activity.active_users[30] * (world.to_day[30] == 31)
    days = np.bincount(chain, minlength=len(users)) / np.maximum(users, 1)
    level = world.levels[30, world.chains.account]
    for product in (INFRA, TOOL):
        among = [(users > 0) & (world.chains.product == product) & (level == number) for number in range(6)]
        days_per_user = [days[chains].mean() for chains in among]
        users_per_seat = [users[chains].sum() / world.seats[30, chains].sum() for chains in among]
        assert days_per_user == sorted(days_per_user) and users_per_seat == sorted(users_per_seat)
    assert 0 < 100 * ((score >= 9).mean() - (score <= 6).mean()) < 40


def test_logins_follow_the_working_week_and_hours_in_tokyo(rows):
    stamps = np.array([row["login_at"] for row in rows["logins"] if "02-30" not in row["login_at"]], "M8[s]")
    hours = stamps.astype("M8[h]").astype(int) % 24
    weekend = (stamps.astype("M8[D]").astype(int) + 3) % 7 >= 5
    assert 0.005 < ((hours >= 22) | (hours < 6)).mean() < 0.04
    assert weekend.mean() < 0.05


@pytest.mark.parametrize("source", ALL_SOURCES)
def test_every_header_is_declared_by_its_source(rows, source):
    declared = yaml.safe_load((SOURCES / f"{source}.yml").read_text())["columns"]
    names = set(declared).union(*(column.get("aliases", []) for column in declared.values()))
    assert set().union(*rows[source]) <= names


@pytest.mark.parametrize("end", [date(2026, 3, 31), date(2025, 11, 14)])  # the second within a survey wave
def test_no_file_knows_anything_after_the_end_date(tmp_path, end):
    write_sample(tmp_path, accounts=400, months=18, end_date=end)
    contracts = sound_contracts({"contracts": read_all(tmp_path / "contracts")}).values()
    created = [row["登録日"].replace("/", "-") for row in read_all(tmp_path / "accounts")]
    assert max(row["login_at"][:10] for row in read_all(tmp_path / "logins")) == str(end)
    assert max(row["responded_at"][:10] for row in read_all(tmp_path / "surveys")) <= str(end)
    assert max(day for day in created if "13-01" not in day) <= str(end)
    assert max(row["cancelled_at"][:10] for row in contracts) <= str(end)
    assert max(row["signed_date"] for row in contracts) <= end < max(row["end_date"] for row in contracts)


def test_renewals_are_half_open_and_stay_with_their_account_and_product(rows):
    contracts = sound_contracts(rows)
    renewals = [(row, contracts[row["renewal_of"]]) for row in contracts.values() if row["renewal_of"]]
    gaps = [(row["start_date"] - before["end_date"]).days for row, before in renewals]
    assert set(gaps) <= {0, *range(rates.LATE_RENEWAL_DAYS[0], rates.LATE_RENEWAL_DAYS[1] + 1)}
    assert min(gaps) == 0 < max(gaps)
    assert all(row["start_date"] < row["end_date"] for row in contracts.values())
    assert all(row["signed_date"] <= row["start_date"] for row in contracts.values())
    for name in ("account_id", "product_id"):
        assert all(row[name] == before[name] for row, before in renewals)
    late = [pair for pair, gap in zip(renewals, gaps, strict=True) if gap]
    assert all(row["signed_date"] >= before["end_date"] for row, before in late)


def test_price_phases_follow_each_other_within_their_group(rows):
    groups = {}
    for row in sound_contracts(rows).values():
        if row["contract_group_id"]:
            groups.setdefault(row["contract_group_id"], []).append(row)
    assert groups
    for phases in groups.values():
        phases.sort(key=lambda row: row["start_date"])
        assert [before["end_date"] for before in phases[:-1]] == [row["start_date"] for row in phases[1:]]
        discounts = [int(row["discount_amount"]) / int(row["list_amount"]) for row in phases]
        assert discounts == pytest.approx([1, rates.STEP_DISCOUNT, 0], abs=0.01)


def test_every_declared_kind_of_dirt_is_in_the_files(truth, rows):
    noted = {(row["source"], row["kind"]): row["row_count"] for row in truth.dirt.to_pylist()}
    words = {"accounts": "ACCOUNT", "contracts": "CONTRACT", "logins": "LOGIN", "surveys": "SURVEY", "users": "USER",
             "touches": "TOUCH"}
    declared = {(source, kind) for source, word in words.items()
                for table in ("CHANGES", "ADDITIONS") for kind in getattr(dirt, f"{word}_{table}", {})}
    assert noted.keys() == declared | {("logins", "late_row"), ("logins", "corrected_row")}
    assert noted.pop(("logins", "late_row")) > 0 < noted.pop(("logins", "corrected_row"))
    assert set(noted.values()) == {rates.DIRTY_ROWS_PER_KIND}


def test_ingestion_quarantines_what_is_meant_to_be_and_nothing_else(landing, truth):
    meant = Counter()
    for row in truth.dirt.to_pylist():
        meant[row["source"]] += row["row_count"] * (row["fate"] == "quarantined")
    with duckdb.connect() as connection:
        ingest(connection, landing)
        files = connection.sql("select distinct status, unknown_columns from raw.loaded_files").fetchall()
        quarantined = connection.sql("select source, count(*) from raw.quarantine group by source").fetchall()
    assert files == [("loaded", None)]
    assert dict(quarantined) == dict(+meant)  # without the sources that have none


@pytest.mark.parametrize(("source", "found"), [
    ("accounts", lambda row: not row["顧客名"]),
    ("accounts", lambda row: row["登録日"] == "2023-13-01"),
    ("accounts", lambda row: row["従業員数"] and not row["従業員数"].isascii()),
    ("contracts", lambda row: row["monthly_amount"].startswith("¥")),
    ("contracts", lambda row: re.fullmatch("[０-９]+", row["monthly_amount"])),
    ("contracts", lambda row: re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", row["start_date"])),
    ("contracts", lambda row: row["monthly_amount"].startswith("-")),
    ("contracts", lambda row: row["end_date"] < "2001"),
    ("contracts", lambda row: not row["monthly_amount"] and not row["total_amount"]),
    ("contracts", lambda row: row["account_id"] == "C-UNKNOWN"),
    ("logins", lambda row: row["login_at"].startswith("2024-02-30")),
    ("logins", lambda row: row["event_count"].startswith("-")),
    ("logins", lambda row: not row["user_id"]),
    ("logins", lambda row: row["account_id"] == "C-UNKNOWN"),
    ("surveys", lambda row: row["score"] == 11),
    ("surveys", lambda row: row["score"] == "n/a"),
    ("surveys", lambda row: row["score"] != "n/a" and not str(row["score"]).isascii()),
    ("surveys", lambda row: row["account_id"] == "C-UNKNOWN"),
    ("users", lambda row: row["issued_date"] == "2024-02-30"),
    ("users", lambda row: row["account_id"] == "C-UNKNOWN"),
    ("touches", lambda row: row["account_id"] == "C-UNKNOWN"),
])
def test_a_kind_of_dirt_is_found_where_it_was_put(rows, source, found):
    assert sum(bool(found(row)) for row in rows[source]) == rates.DIRTY_ROWS_PER_KIND


def test_the_late_file_brings_rows_that_were_lacking_and_rows_that_are_corrected(landing, rows, truth):
    late_path = next((landing / "logins").glob("*_late.csv"))
    late = read(late_path)
    on_time = {key(row): row["event_count"] for path in (landing / "logins").glob("*.gz") for row in read(path)}
    noted = {row["kind"]: row["row_count"] for row in truth.dirt.to_pylist() if row["source"] == "logins"}
    sound = {key(row): int(row["event_count"]) for row in late
             if row["user_id"] and row["account_id"] != "C-UNKNOWN" and "02-30" not in row["login_at"]
             and row["event_count"].isdigit()}
    corrected = {name: count for name, count in sound.items() if name in on_time}
    assert len(corrected) == noted["corrected_row"] and len(sound) - len(corrected) == noted["late_row"]
    assert all(count == int(on_time[name]) + 5 for name, count in corrected.items())
    assert {name[2][:10] for name in sound} <= {"2026-01-10", "2026-01-11", "2026-01-12"}
    assert truth.login_rows == len(rows["logins"])


def key(row):
    return row["account_id"], row["user_id"], row["login_at"], row["product_id"]


def test_large_samples_get_the_same_logins_as_parquet(tmp_path, monkeypatch):
    size = {"accounts": 40, "months": 4, "end_date": END}
    write_sample(tmp_path / "text", **size)
    monkeypatch.setattr(rates, "PARQUET_LOGINS_ABOVE_ACCOUNTS", 10)
    write_sample(tmp_path / "parquet", **size)
    for path in sorted((tmp_path / "parquet" / "logins").glob("*.parquet")):
        columns = pyarrow.parquet.read_table(path)
        as_text = [{name: str(value) for name, value in row.items()} for row in columns.to_pylist()]
        assert as_text == read(tmp_path / "text" / "logins" / f"{path.stem}.csv.gz")


def test_the_truth_stays_outside_of_the_landing_and_a_sample_never_mixes_with_other_files(tmp_path, landing, truth):
    with pytest.raises(ValueError, match="outside"):
        write_sample(tmp_path / "landing", **SIZE, truth_dir=tmp_path / "landing" / "truth")
    with pytest.raises(FileExistsError, match="never mixes"):
        write_sample(landing, **SIZE)
    with pytest.raises(ValueError, match="at least one"):
        write_sample(tmp_path / "landing", accounts=0, end_date=END)
    small = write_sample(tmp_path / "landing", accounts=1, months=1, end_date=END, truth_dir=tmp_path / "truth")
    assert pyarrow.parquet.read_table(tmp_path / "truth" / "levels.parquet") == small.levels
    assert {path.parent.name for path in small.files} <= set(ALL_SOURCES)


def test_the_truth_names_a_level_for_every_month_with_a_contract(truth, rows):
    levels = truth.levels
    assert pc.min_max(levels["success_level"]).as_py() == {"min": 0, "max": 5}
    known = {(row["account_id"], str(row["month"])[:7]) for row in levels.to_pylist()}
    used = {(row["account_id"], row["login_at"][:7]) for row in rows["logins"]
            if row["account_id"] != "C-UNKNOWN" and "02-30" not in row["login_at"]}
    assert used <= known


def test_the_warehouse_finds_what_became_of_every_renewal(sample_warehouse: Warehouse, tmp_path):
    write_sample(tmp_path / "landing", accounts=60, months=18, end_date=SAMPLE_DAY, truth_dir=tmp_path / "truth")
    with duckdb.connect(str(sample_warehouse.data_dir.warehouse), read_only=True) as connection:
        found = connection.execute(
            """select coalesce(found.status, 'missing'), truth.outcome = 'lost', truth.is_late,
                    truth.due_date <= date '2025-06-30' - 60,
                    abs(found.due_mrr - truth.mrr_before) < 1000
                    and (found.renewed_mrr = 0 or abs(found.renewed_mrr - truth.mrr_after) < 1000)
               from read_parquet(?) as truth
               left join intermediate.int_renewals as found using (account_id, product_id, due_date)""",
            [str(tmp_path / "truth" / "renewals.parquet")],
        ).fetchall()
    assert len(found) > 100
    assert all(amounts_agree for *_, amounts_agree in found)  # totals are rounded up to thousands in some exports
    decided = Counter((status, is_lost, is_late) for status, is_lost, is_late, is_old, _ in found if is_old)
    assert set(decided) == {("renewed", False, False), ("late", False, True), ("lost", True, False)}
    fresh = {(status, is_lost, is_late) for status, is_lost, is_late, is_old, _ in found if not is_old}
    assert fresh <= set(decided) | {("open", False, True), ("open", True, False)}


def test_the_term_of_a_contract_is_one_wherever_it_is_told(sample_warehouse: Warehouse):
    """A contract of price phases, the first of them free, has one term: at its renewal and in the forecast's cells."""
    with duckdb.connect(str(sample_warehouse.data_dir.warehouse), read_only=True) as connection:
        found = connection.execute(
            """select renewals.account_id, renewals.term_months, held.term_months,
                   exists (from intermediate.int_known_lines as lines
                           where lines.account_id = renewals.account_id and lines.mrr = 0)
               from intermediate.int_renewals as renewals
               inner join intermediate.int_account_product_as_of as held
                   using (account_id, product_id, as_of_date)
               where held.renewal_date = renewals.due_date"""
        ).fetchall()
    assert sum(begins_free for *_, begins_free in found) >= 3
    assert [row for row in found if row[1] != row[2]] == []


def test_company_names_are_unique_and_fit_the_export_of_a_japanese_crm():
    names = [company_name(number) for number in range(1, 20_001)]
    assert len(set(names)) == len(names)
    assert all("株式会社" in name and name.encode("cp932") for name in names)
