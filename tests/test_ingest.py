"""Landing → raw: what is read, what is refused and why, and that nothing depends on when a file came."""

import csv
import gzip
import io
import itertools
import os
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration import landing_files, reading
from orchestration.ingest import declarations, ingest
from orchestration.sources import DeclarationError
from orchestration.sources.__main__ import PAGE, page

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="third-party data (../shared) is not on this machine")
CONTRACT = {"contract_id": "K1", "account_id": "A1", "product_id": "core", "start_date": "2024-04-01", "mrr": "1000"}
LOGIN = {"account_id": "A1", "user_id": "U1", "login_date": "2024-04-01"}
ANSWER = {"response_id": "R1", "account_id": "A1", "score": "9", "responded_at": "2024-04-01"}


def delimited(*rows: dict, delimiter: str = ",") -> str:
    """The rows as a CSV with the union of their keys as header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(itertools.chain(*rows))), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Warehouse:
    """A landing folder and a database in memory."""

    def __init__(self, root: Path, sources=None):
        self.landing, self.sources = root / "landing", sources
        self.connection = duckdb.connect()
        self.said: list[str] = []

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self):
        return {
            file.source_file: file for file in ingest(self.connection, self.landing, self.said.append, self.sources)
        }

    def put_and_load(self, name: str, content: str | bytes):
        self.put(name, content)
        return self.load()[name]

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def reasons(self) -> list[str]:
        return [reason for (reason,) in self.rows("select reason from raw.quarantine order by source, row_number")]


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path)


# ---- formats and encodings -------------------------------------------------------------------------------------------

NAMES = [
    {"顧客ID": "A1", "顧客名": "株式会社 山田, 高", "従業員数": "10"},
    {"顧客ID": "A2", "顧客名": 'He said "no"', "従業員数": ""},
]


def as_parquet(tmp_path: Path) -> bytes:
    file = tmp_path / "as.parquet"
    values = ", ".join("('{顧客ID}', '{顧客名}', nullif('{従業員数}', '')::int)".format(**row) for row in NAMES)
    duckdb.sql(f"from (values {values}) as t(顧客ID, 顧客名, 従業員数)").write_parquet(str(file))
    return file.read_bytes()


TEXT = delimited(*NAMES)
LINES = (
    '{"顧客ID": "A1", "顧客名": "株式会社 山田, 高", "従業員数": 10}\n{"顧客ID": "A2", "顧客名": "He said \\"no\\""}\n'
)
FORMATS = {
    "utf8.csv": TEXT.encode(),
    "bom.CSV": TEXT.encode("utf-8-sig"),
    "windows.csv": TEXT.replace("\n", "\r\n").encode("cp932"),
    "blank lines.csv": ("\n\n" + TEXT.replace("\n", "\n\n")).encode(),
    "mac.csv": TEXT.replace("\n", "\r").encode(),
    "no last line end.csv": TEXT.rstrip("\n").encode(),
    "packed.csv.gz": gzip.compress(TEXT.encode("cp932")),
    "tabs.tsv": delimited(*NAMES, delimiter="\t").encode(),
    "lines.jsonl": LINES.encode("utf-8-sig"),
    "lines.ndjson.gz": gzip.compress(LINES.encode()),
    "odd [1]*?'\"{};.csv": TEXT.encode(),
    "2024/04/日本 語.csv": TEXT.encode(),
}


@pytest.mark.parametrize("name", [*FORMATS, "table.parquet"])
def test_the_same_rows_come_out_of_every_format_and_encoding(warehouse, tmp_path, name):
    file = warehouse.put_and_load(f"accounts/{name}", FORMATS.get(name) or as_parquet(tmp_path))
    assert (file.status, file.rows_in, file.rows_quarantined) == ("loaded", 2, 0), file.error
    assert warehouse.rows("select account_id, account_name, headcount, _row_number from raw.accounts order by all") == [
        ("A1", "株式会社 山田, 高", 10, 1),
        ("A2", 'He said "no"', None, 2),
    ]


def test_what_systems_leave_about_is_not_data(warehouse):
    for name in (".DS_Store", "~$x.csv", "x.csv.tmp", "x.crdownload", ".git/x.csv", "__MACOSX/x.csv", "Thumbs.db"):
        warehouse.put(f"accounts/{name}", "junk")
    warehouse.put("acounts/x.csv", "junk")
    assert warehouse.load() == {}
    assert [line.split(" is ")[0] for line in warehouse.said] == ["landing/acounts"]


# ---- values ----------------------------------------------------------------------------------------------------------

DATES = ["2024-04-01", "2024/4/1", "2024.4.1", "20240401", "２０２４年４月１日", " 2024-04-01　", "2024/4/1 0:00"]
DATES += ["2024-03-31T15:00:00Z", "2024-04-01T23:59:59+09:00", "2024年4月1日9時5分"]


def test_a_date_is_read_as_people_write_it(warehouse):
    warehouse.put_and_load("logins/a.csv", delimited(*(LOGIN | {"login_date": written} for written in DATES)))
    found = warehouse.rows("select login_date from raw.logins order by _row_number")
    assert found == [(date(2024, 4, 1),)] * len(DATES), warehouse.reasons()


TIMES = ["2024-04-01T09:05:00+09:00", "2024-04-01 09:05", "2024/4/1 9:05", "2024-04-01T00:05Z", "2024-04-01T00:05:00Z"]
TIMES += [
    "2024-04-01T09:05:00 +0900",
    "２０２４年４月１日 ９時５分",
    "2024年4月1日9:05:00",
    "2024-03-31 19:05:00-05:00",
]


def test_a_time_becomes_utc_with_its_business_day_beside_it(warehouse):
    rows = [{"account_id": "A1", "user_id": "U1", "login_at": written} for written in TIMES]
    warehouse.put_and_load("logins/a.csv", delimited(*rows))
    found = warehouse.rows("select login_at, login_date from raw.logins order by _row_number")
    assert found == [(datetime(2024, 4, 1, 0, 5), date(2024, 4, 1))] * len(TIMES), warehouse.reasons()


def test_a_time_without_an_offset_is_in_the_zone_of_the_source(tmp_path):
    sources = edited(tmp_path, "surveys", "timezone: Asia/Tokyo", "timezone: America/New_York")
    warehouse = Warehouse(tmp_path, sources)
    answers = [
        ANSWER | {"response_id": str(i), "responded_at": at} for i, at in enumerate(("2024-07-01 20:00", "2024-07-01"))
    ]
    warehouse.put_and_load("surveys/a.csv", delimited(*answers))
    assert warehouse.rows("select responded_at, responded_date from raw.surveys order by response_id") == [
        (datetime(2024, 7, 2), date(2024, 7, 2)),
        (datetime(2024, 6, 30, 15), date(2024, 7, 1)),  # a date alone is midnight of the business day
    ]


def test_numbers_words_and_blanks_are_read_as_people_write_them(warehouse):
    told = {"quantity": ["１２", "1,200", "12.0", "007", " "], "auto_renew": ["はい", "FALSE", "1", "Ｎ", "　"]}
    rows = [
        CONTRACT | {"contract_id": f"K{i}", "quantity": q, "auto_renew": r, "account_id": "Ａ１"}
        for i, (q, r) in enumerate(zip(*told.values(), strict=True))
    ]
    warehouse.put_and_load("contracts/a.csv", delimited(*rows))
    found = warehouse.rows("select quantity, auto_renew, account_id, currency from raw.contracts order by contract_id")
    assert found == [
        (12, True, "A1", "JPY"),
        (1200, False, "A1", "JPY"),
        (12, True, "A1", "JPY"),
        (7, False, "A1", "JPY"),
        (None, None, "A1", "JPY"),
    ]


MONEY = [
    ("JPY", "¥1,234", 1234),
    ("", "￥１，２３４", 1234),
    ("jpy", "1234.00", 1234),
    ("JPY", "1,234円", 1234),
    ("USD", "$1,234.5", 123450),
    ("USD", "0.1", 10),
    ("USD", "90071992547409.93", 9007199254740993),  # a double would say .92
    ("KWD", "1.234", 1234),
    ("KWD", "5", 5000),
]
NOT_MONEY = [
    ("JPY", "100.5", "monthly_amount: 100.5 has more decimals than its currency (0)"),
    ("USD", "1.239", "has more decimals than its currency (2)"),
    ("USD", "¥100", "is not an amount in the currency of its row"),
    ("USD", "1,23", "is not an amount"),
    ("JPY", "1.234,00", "is not an amount"),
    ("USD", "1e3", "is not an amount"),
    ("JPY", "99999999999999999999", "is not an amount"),
    ("JPY", "▲500", "is below 0"),
    ("XXX", "100", "currency: XXX is not a known currency"),
]


def priced(prices) -> str:
    """One contract line per (currency, amount)."""
    return delimited(
        *(CONTRACT | {"contract_id": f"K{i}", "mrr": p[1], "currency": p[0]} for i, p in enumerate(prices))
    )


def test_money_lands_in_minor_units_exactly(warehouse):
    warehouse.put_and_load("contracts/a.csv", priced(MONEY))
    found = warehouse.rows("select monthly_amount from raw.contracts order by _row_number")
    assert found == [(minor_units,) for _, _, minor_units in MONEY], warehouse.reasons()


def test_money_that_would_change_is_quarantined(warehouse):
    file = warehouse.put_and_load("contracts/a.csv", priced(NOT_MONEY))
    assert (file.rows_loaded, file.rows_quarantined) == (0, len(NOT_MONEY))
    assert [told in reason for (_, _, told), reason in zip(NOT_MONEY, warehouse.reasons(), strict=True)] == [True] * 9


@given(amounts=st.lists(st.integers(0, 10**15), min_size=1, max_size=50))
@settings(max_examples=5, deadline=None)
def test_whatever_the_amount_its_minor_units_come_back(tmp_path_factory, amounts):
    places = {"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}
    prices = [
        (currency, f"{units // 10**digits:,}" + (f".{units % 10**digits:0{digits}d}" if digits else ""), units)
        for units, (currency, digits) in zip(amounts, itertools.cycle(places.items()), strict=False)
    ]
    warehouse = Warehouse(tmp_path_factory.mktemp("money"))
    warehouse.put_and_load("contracts/a.csv", priced(prices))
    found = warehouse.rows("select monthly_amount from raw.contracts order by _row_number")
    assert [units for (units,) in found] == amounts


def test_end_dates_land_half_open_whatever_the_convention(tmp_path):
    ends = [
        CONTRACT | {"contract_id": f"K{i}", "end_date": end} for i, end in enumerate(("2025-03-31", "", "9999-12-31"))
    ]
    for convention, expected in (("exclusive", date(2025, 3, 31)), ("inclusive", date(2025, 4, 1))):
        sources = edited(tmp_path / convention, "contracts", "end: exclusive", f"end: {convention}")
        warehouse = Warehouse(tmp_path / convention, sources)
        warehouse.put_and_load("contracts/a.csv", delimited(*ends))
        found = warehouse.rows("select end_date_exclusive, end_date_meaning from raw.contracts order by contract_id")
        assert found == [(expected, "committed_term"), (None, "committed_term"), (None, "committed_term")]


# ---- quarantine ------------------------------------------------------------------------------------------------------

FAULTS = [
    ("contracts", CONTRACT, {"start_date": "2024-02-30"}, "start_date", "2024-02-30 is not a date"),
    ("contracts", CONTRACT, {"start_date": "2024-4-1xx"}, "start_date", "a text of 10 characters is not a date"),
    ("contracts", CONTRACT, {"start_date": "infinity"}, "start_date", "is not a date"),
    ("contracts", CONTRACT, {"end_date": "2999-01-01"}, "end_date_exclusive", "leave it blank when there is none"),
    ("contracts", CONTRACT, {"end_date": "2024-04-01"}, "(row)", "ends on or before the day it starts"),
    ("contracts", CONTRACT, {"mrr": "", "total_amount": "100"}, "(row)", "neither a monthly amount nor a total amount"),
    ("contracts", CONTRACT, {"product_id": "all"}, "(row)", "no product can be called all"),
    ("contracts", CONTRACT, {"term_months": "0"}, "term_months", "0 is below 1"),
    ("contracts", CONTRACT, {"product_id": "　"}, "product_id", "is empty; it is required"),
    ("contracts", CONTRACT, {"auto_renew": "maybe"}, "auto_renew", "is neither yes nor no"),
    ("contracts", CONTRACT, {"quantity": "9.7"}, "quantity", "9.7 is not a whole number"),
    ("contracts", CONTRACT, {"quantity": "0x10"}, "quantity", "is not a whole number"),
    ("logins", LOGIN, {"n_events": "-1"}, "event_count", "-1 is below 0"),
    ("logins", LOGIN, {"login_date": "", "login_at": "25:00"}, "login_at", "login_at: 25:00 is not a time"),
    ("logins", LOGIN, {"login_date": ""}, "login_date", "is empty; it is required"),
    ("surveys", ANSWER, {"score": "11"}, "score", "score: 11 is above 10"),
    ("surveys", ANSWER, {"score": ""}, "score", "is empty"),
    ("surveys", ANSWER, {"score": "taro@example.com"}, "score", "a text of 16 characters is not a whole number"),
]


@pytest.mark.parametrize("source", ["contracts", "logins", "surveys"])
def test_a_faulty_row_is_quarantined_and_says_why(warehouse, source):
    faults = [fault for fault in FAULTS if fault[0] == source]
    good = faults[0][1]
    everything = dict.fromkeys(itertools.chain(*(fault[2] for fault in faults)), "")
    rows = [everything | good, *(everything | good | fault[2] for fault in faults)]
    file = warehouse.put_and_load(f"{source}/a.csv", delimited(*rows))
    assert (file.rows_in, file.rows_loaded, file.rows_quarantined) == (len(rows), 1, len(faults))
    lines = delimited(*rows).splitlines()[2:]
    found = warehouse.rows("select column_name, reason, raw_text from raw.quarantine order by row_number")
    for (_, _, _, column, told), line, (column_name, reason, raw_text) in zip(faults, lines, found, strict=True):
        assert (column_name, told in reason, raw_text) == (column, True, line), reason


def test_rows_of_the_wrong_width_are_quarantined_and_the_others_keep_their_place(warehouse):
    text = "response_id,account_id,score,responded_at\n" + "\n".join(
        [
            "1,a,9,2024-04-01",
            "2,a,9",
            "3,a",
            "4,a,9,2024-04-01,x,y",
            "5,a,9,2024-04-01",
            '6,"a"b,9,2024-04-01',
            "7,a,9,2024-04-01",
        ]
    )
    file = warehouse.put_and_load("surveys/a.csv", text)
    assert (file.rows_in, file.rows_loaded, file.rows_quarantined) == (7, 3, 4)
    assert warehouse.rows("select response_id, _row_number from raw.surveys order by all") == [
        ("1", 1),
        ("5", 5),
        ("7", 7),
    ]
    assert warehouse.rows("select row_number, left(raw_text, 1) from raw.quarantine order by all") == [
        (2, "2"), (3, "3"), (4, "4"), (6, "6"),
    ]  # fmt: skip


def test_blank_lines_are_no_rows(warehouse):
    text = "\nresponse_id,account_id,score,responded_at\n1,a,9,2024-04-01\n\n2,a\n\n\n3,a,9,2024-04-01\n\n"
    file = warehouse.put_and_load("surveys/a.csv", text)
    assert (file.rows_in, file.rows_loaded, file.rows_quarantined) == (3, 2, 1)
    assert warehouse.rows("select response_id, _row_number from raw.surveys order by all") == [("1", 1), ("3", 3)]
    assert warehouse.rows("select row_number, raw_text from raw.quarantine") == [(2, "2,a")]


def test_a_line_that_is_no_json_object_is_quarantined(warehouse):
    good = '{"response_id": 1, "account_id": "a", "score": 9.0, "responded_at": "2024-04-01"}'
    file = warehouse.put_and_load("surveys/a.jsonl", f"{good}\n\nnot json\n[1]\n  \n")
    assert (file.rows_in, file.rows_loaded, file.rows_quarantined) == (3, 1, 2)
    assert warehouse.rows("select row_number, raw_text from raw.quarantine order by all") == [
        (2, "not json"),
        (3, "[1]"),
    ]


def test_quoted_line_breaks_and_quotes_are_part_of_the_value(warehouse):
    comments = ['first\n\nthird "line"', '5" disk', "a,b"]
    rows = [ANSWER | {"response_id": str(i), "comment": comment} for i, comment in enumerate(comments)]
    warehouse.put_and_load("surveys/a.csv", delimited(*rows).replace('"5"" disk"', '5" disk'))
    assert warehouse.rows("select comment from raw.surveys order by response_id") == [(c,) for c in comments]


# ---- files that fail -------------------------------------------------------------------------------------------------

HEADER = "response_id,account_id,score,responded_at\n"
BROKEN = {
    "empty.csv": (b"", "It is empty (0 bytes)"),
    "blank.csv": (b"\n\n", "nothing but blank lines"),
    "cut.csv.gz": (gzip.compress(os.urandom(1000))[:500], "It cannot be read"),
    "not.parquet": (b"PAR1 no", "It cannot be read as parquet"),
    "sheet.xlsx": (b"PK", "Its kind is not read here"),
    "utf16.csv": ((HEADER + "1,a,9,2024-04-01\n").encode("utf-16"), "not text in UTF-8 or CP932"),
    "quote.csv": (
        f'{HEADER}1,a,9,2024-04-01\n2,"a,9,2024-04-01\n3,a,9,2024-04-01\n'.encode(),
        "probably the one in row 2",
    ),
    "twice.csv": (
        b"response_id,account_id,Customer ID,score,responded_at\n",
        "'account_id' and 'Customer ID' both stand for",
    ),
    "semicolons.csv": (HEADER.replace(",", ";").encode(), "separated otherwise"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_fails_with_a_sentence_and_the_others_load(warehouse, name):
    content, sentence = BROKEN[name]
    warehouse.put(f"surveys/{name}", content)
    warehouse.put("surveys/good.csv", delimited(ANSWER))
    files = warehouse.load()
    assert files[f"surveys/{name}"].error.startswith(f"surveys/{name} was not loaded. ")
    assert sentence in files[f"surveys/{name}"].error
    assert files["surveys/good.csv"].rows_loaded == 1
    status = warehouse.rows(f"select status, rows_in, error from raw.loaded_files where source_file = 'surveys/{name}'")
    assert status == [("failed", 0, files[f"surveys/{name}"].error)]
    (warehouse.landing / "surveys" / name).unlink()
    assert warehouse.load() == {}
    assert warehouse.rows("select source_file from raw.loaded_files") == [("surveys/good.csv",)]


def test_a_quote_left_open_in_a_big_file_hides_nothing(warehouse):
    line = "R{},A1,9,2024-04-01,this is a comment to make the file larger than one buffer of the reader\n"
    lines = [line.format(i) for i in range(400_000)]
    lines[250_000] = lines[250_000].replace("this", '"this')
    file = warehouse.put_and_load("surveys/a.csv", HEADER.strip() + ",comment\n" + "".join(lines))
    assert file.status == "failed"
    assert "a quote that is never closed" in file.error
    assert warehouse.rows("select count(*) from raw.surveys") == [(0,)]


def test_every_row_of_big_files_has_its_place_in_the_file(warehouse):
    warehouse.connection.execute("set preserve_insertion_order = false")
    for name in ("a", "b"):
        lines = [f"{name}{i},A1,{i % 11},2024-04-01\n" for i in range(1, 500_001)]
        lines[123_455] = "too,short\n"
        lines[400_000] = "faulty,A1,12,2024-04-01\n"
        file = warehouse.put_and_load(f"surveys/{name}.csv", HEADER + "".join(lines))
        assert (file.rows_loaded, file.rows_quarantined) == (499_998, 2)
    misplaced = "select count(*) from raw.surveys where cast(response_id[2:] as bigint) <> _row_number"
    assert warehouse.rows(misplaced) == [(0,)]
    assert warehouse.rows("select distinct row_number from raw.quarantine order by all") == [(123_456,), (400_001,)]


def test_a_missing_column_is_named_with_its_aliases_and_the_headers_found(warehouse):
    error = warehouse.put_and_load("surveys/a.csv", "response_id,Score,hanako@example.com\n1,9,x\n").error
    assert "surveys/a.csv" in error
    assert "account_id (also read from: customer_id, " in error
    assert "responded_at (also read from: response_at, " in error
    assert error.endswith("Headers found: response_id, Score, (an e-mail address).")


def test_a_full_delivery_without_rows_fails_and_an_appended_one_does_not(warehouse):
    assert "would end everything" in warehouse.put_and_load("contracts/a.csv", ",".join(CONTRACT)).error
    assert warehouse.put_and_load("logins/a.csv", ",".join(LOGIN)).status == "loaded"


def test_a_broken_new_version_leaves_the_rows_of_the_last_readable_one(warehouse):
    warehouse.put_and_load("contracts/a.csv", delimited(CONTRACT))
    file = warehouse.put_and_load("contracts/a.csv", "contract_id\nK1\n")
    assert (file.status, file.rows_loaded) == ("failed", 0)
    assert file.error.endswith("The rows of its last readable version stay.")
    assert warehouse.rows("select status, rows_in, rows_loaded from raw.loaded_files") == [("failed", 1, 1)]
    assert warehouse.rows("select count(*) from raw.contracts") == [(1,)]
    assert warehouse.put_and_load("contracts/a.csv", delimited(CONTRACT)).status == "loaded"
    assert warehouse.rows("select status, error from raw.loaded_files") == [("loaded", None)]


# ---- files over time -------------------------------------------------------------------------------------------------


def touched(warehouse: Warehouse) -> set:
    """The days of the last load."""
    last = "(select max(load_seq) from raw.loaded_files)"
    return {day for (day,) in warehouse.rows(f"select day from raw.touched_days where load_seq = {last}")}


def test_nothing_is_loaded_twice(warehouse):
    path = warehouse.put("logins/a.csv", delimited(LOGIN))
    warehouse.load()
    os.utime(path, (1, 1))
    before = warehouse.rows("from raw.logins"), warehouse.rows("from raw.touched_days")
    assert warehouse.load() == {}
    assert (warehouse.rows("from raw.logins"), warehouse.rows("from raw.touched_days")) == before


def test_a_settled_file_is_not_even_read_again(warehouse, monkeypatch):
    monkeypatch.setattr(landing_files, "SETTLED_NS", 0)
    warehouse.put_and_load("logins/a.csv", delimited(LOGIN))
    monkeypatch.setattr("orchestration.plain_files.make_plain", lambda *_: pytest.fail("it was read again"))
    assert warehouse.load() == {}


def test_a_changed_file_replaces_its_rows_and_touches_old_and_new_days(warehouse):
    warehouse.put_and_load("logins/a.csv", delimited(LOGIN, LOGIN | {"login_date": "bad"}))
    warehouse.put_and_load("logins/b.csv", delimited(LOGIN | {"login_date": "2024-04-09"}))
    file = warehouse.put_and_load("logins/a.csv", delimited(LOGIN | {"login_date": "2024-04-02"}))
    assert (file.rows_in, file.rows_loaded) == (1, 1)
    assert warehouse.rows("select login_date from raw.logins order by all") == [
        (date(2024, 4, 2),),
        (date(2024, 4, 9),),
    ]
    assert warehouse.rows("select count(*) from raw.quarantine") == [(0,)]
    assert touched(warehouse) == {date(2024, 4, 1), date(2024, 4, 2)}


def test_an_appended_correction_touches_the_day_of_the_row_it_overrides(warehouse):
    warehouse.put_and_load(
        "surveys/a.csv", delimited(ANSWER, ANSWER | {"response_id": "R2", "responded_at": "2024-05-01"})
    )
    warehouse.put_and_load("surveys/b.csv", delimited(ANSWER | {"responded_at": "2024-04-03"}))
    assert touched(warehouse) == {date(2024, 4, 1), date(2024, 4, 3)}


def test_a_full_delivery_touches_only_what_differs(warehouse):
    later = CONTRACT | {"contract_id": "K2", "start_date": "2024-05-01"}
    warehouse.put_and_load("contracts/2024-04.csv", delimited(CONTRACT, later))
    assert touched(warehouse) == {date(2024, 4, 1), date(2024, 5, 1), None}  # there were no contracts at all before
    warehouse.put_and_load("contracts/2024-05.csv", delimited(later, CONTRACT))
    assert touched(warehouse) == set()
    warehouse.put_and_load("contracts/2024-06.csv", delimited(CONTRACT, later | {"mrr": "1"}))
    assert touched(warehouse) == {date(2024, 5, 1)}
    warehouse.put_and_load("contracts/2024-03.csv", delimited(CONTRACT | {"mrr": "7"}))
    assert touched(warehouse) == set()


USER = {"account_id": "A1", "user_id": "U1", "issued_date": "2024-02-01", "deactivated_date": "", "role": "member"}
OTHER_USER = USER | {"user_id": "U2"}
TASK = {"account_id": "A1", "product_id": "core", "task_key": "T1"} | dict.fromkeys(
    ("planned_date", "started_date", "completed_date", "done_by"), ""
)
OTHER_TASK = TASK | {"task_key": "T2"}
CONTENT = {"content_id": "F1", "available_from_date": "2024-02-01", "available_to_date": "", "topic": "x"}


@pytest.mark.parametrize(
    ("source", "before", "after", "days"),
    [
        # A new user, one gone, and any other change of one: from the day of its issue, with neither day from always.
        ("users", [USER], [USER, OTHER_USER | {"issued_date": "2024-06-01"}], {date(2024, 6, 1)}),
        ("users", [USER, OTHER_USER], [USER], {date(2024, 2, 1)}),
        ("users", [USER], [USER | {"role": "admin"}], {date(2024, 2, 1)}),
        ("users", [USER], [USER | {"issued_date": "2024-01-15"}], {date(2024, 1, 15)}),
        ("users", [USER], [USER | {"issued_date": ""}], {None}),
        ("users", [USER], [USER, OTHER_USER | {"issued_date": "", "deactivated_date": "2024-06-01"}], {None}),
        # A date that comes true changes nothing before it; one that moves nothing before the earlier of the two.
        ("users", [USER], [USER | {"deactivated_date": "2024-06-01"}], {date(2024, 6, 1)}),
        ("users", [USER], [USER | {"deactivated_date": "2024-06-01", "role": "admin"}], {date(2024, 2, 1)}),
        ("content_catalog", [CONTENT], [CONTENT | {"available_to_date": "2024-06-01"}], {date(2024, 6, 1)}),
        ("content_catalog", [CONTENT], [CONTENT | {"available_from_date": ""}], {None}),
        ("onboarding_tasks", [TASK], [TASK | {"completed_date": "2024-06-01", "done_by": "cs"}], {date(2024, 6, 1)}),
        (
            "onboarding_tasks",
            [TASK | {"planned_date": "2024-06-09"}],
            [TASK | {"planned_date": "2024-06-01"}],
            {date(2024, 6, 1)},
        ),
        (
            "onboarding_tasks",
            [TASK | {"planned_date": "2024-03-01", "completed_date": "2024-03-05"}],
            [TASK | {"planned_date": "2024-03-09", "completed_date": ""}],
            {date(2024, 3, 1)},
        ),
        ("onboarding_tasks", [TASK], [TASK | {"done_by": "cs"}], set()),
        ("onboarding_tasks", [TASK], [TASK, OTHER_TASK | {"planned_date": "2024-06-01"}], {None}),
        ("onboarding_tasks", [TASK], [TASK | {"is_mandatory": "0", "completed_date": "2024-06-01"}], {None}),
        # Whether anything was delivered at all is a question of every day.
        ("users", None, [USER], {date(2024, 2, 1), None}),
    ],
)
def test_a_full_delivery_touches_the_first_day_that_looks_different(warehouse, source, before, after, days):
    same = USER | TASK | CONTENT  # a row that stays as it is, in either delivery
    kept = {name: f"{same[name]}9" if name.endswith("_id") else same[name] for name in after[0] if name in same}
    if before is not None:
        warehouse.put_and_load(f"{source}/1.csv", delimited(*before, kept))
    warehouse.put_and_load(f"{source}/2.csv", delimited(kept, *after))
    assert touched(warehouse) == days


def test_a_value_can_only_count_from_a_date_of_a_full_delivery(tmp_path):
    text = (PAGE.parents[1] / "orchestration" / "sources" / "users.yml").read_text(encoding="utf-8")
    declared = "counts_from: issued_date"
    for right, wrong in (declared, "counts_from: gone"), (declared, "counts_from: role"), ("y: full", "y: append"):
        (tmp_path / "users.yml").write_text(text.replace(right, wrong), encoding="utf-8")
        with pytest.raises(DeclarationError, match="counts_from"):
            declarations(tmp_path)


def test_a_file_gone_from_landing_keeps_its_rows_and_is_told(warehouse):
    path = warehouse.put("logins/a.csv", delimited(LOGIN))
    warehouse.load()
    path.unlink()
    assert warehouse.load() == {}
    assert warehouse.rows("select is_in_landing, rows_loaded from raw.loaded_files") == [(False, 1)]
    assert warehouse.rows("select count(*) from raw.logins") == [(1,)]


def test_the_same_content_under_two_names_stands_once_under_the_newest(warehouse):
    text = delimited(CONTRACT)
    warehouse.put_and_load("contracts/1.csv", text)
    assert "Same content" in warehouse.put_and_load("contracts/0.csv.gz", gzip.compress(text.encode())).note
    warehouse.put_and_load("contracts/2.csv", text.replace("1000", "2000"))
    assert warehouse.put_and_load("contracts/3.csv", text).rows_loaded == 1
    waiting = "select source_file, rows_in from raw.loaded_files where note is not null order by all"
    assert warehouse.rows(waiting) == [("contracts/0.csv.gz", 0), ("contracts/1.csv", 0)]
    warehouse.put_and_load("contracts/3.csv", text.replace("1000", "3000"))
    assert warehouse.rows("select _source_file, monthly_amount from raw.contracts order by all") == [
        ("contracts/1.csv", 1000), ("contracts/2.csv", 2000), ("contracts/3.csv", 3000),
    ]  # fmt: skip


DELIVERIES = {
    "contracts/c 2.csv": delimited(CONTRACT, CONTRACT | {"contract_id": "K2"}),
    "contracts/c 9.csv": delimited(CONTRACT | {"mrr": "9"}, CONTRACT | {"mrr": "99"}),
    "contracts/c 10.csv": delimited(CONTRACT, CONTRACT | {"contract_id": "K2"}),
    "surveys/a.csv": delimited(ANSWER, ANSWER | {"response_id": "R2"}),
    "surveys/b.csv": delimited(ANSWER | {"score": "3"}, ANSWER | {"response_id": "bad", "score": "x"}),
}
LINEAGE = "_source_file, _row_number, _delivery"


def standing(warehouse: Warehouse) -> list:
    """Everything in raw but when it came."""
    return [
        warehouse.rows(f"select contract_id, monthly_amount, {LINEAGE} from raw.contracts order by all"),
        warehouse.rows(f"select response_id, score, {LINEAGE} from raw.surveys order by all"),
        warehouse.rows("select source_file, row_number, reason from raw.quarantine order by all"),
        warehouse.rows("select source_file, rows_in, rows_loaded, note from raw.loaded_files order by all"),
    ]


@given(order=st.permutations(list(DELIVERIES)), together=st.integers(1, len(DELIVERIES)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_files_arrive_changes_nothing(tmp_path_factory, order, together):
    at_once, one_by_one = (Warehouse(tmp_path_factory.mktemp("order")) for _ in range(2))
    for name in DELIVERIES:
        at_once.put(name, DELIVERIES[name])
    at_once.load()
    for start in range(0, len(order), together):
        for name in order[start : start + together]:
            one_by_one.put(name, DELIVERIES[name])
        one_by_one.load()
    assert standing(one_by_one) == standing(at_once)
    newest = "select max(_delivery), arg_max(_source_file, _delivery) from raw.contracts"
    assert one_by_one.rows(newest) == [("c 00000010", "contracts/c 10.csv")]


CONTENTS = {
    "contracts": [
        delimited(CONTRACT),
        delimited(CONTRACT | {"mrr": "9"}, CONTRACT | {"contract_id": "K2"}),
        delimited(CONTRACT | {"mrr": "-1"}, CONTRACT | {"contract_id": "K3"}),
    ],
    "surveys": [delimited(ANSWER, ANSWER | {"response_id": "R2"}), delimited(ANSWER | {"score": "x"}, ANSWER)],
}
DELIVERED = st.sampled_from(list(CONTENTS)).flatmap(
    lambda source: st.tuples(
        st.sampled_from([f"{source}/{name}.csv" for name in ("a 1", "a 2", "b 1", "b 2")]),
        st.sampled_from(CONTENTS[source]),
    )
)


@given(loads=st.lists(st.lists(DELIVERED, min_size=1, max_size=2), min_size=2, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_files_overwritten_again_and_again_end_as_what_they_hold_now(tmp_path_factory, loads):
    again_and_again, once = (Warehouse(tmp_path_factory.mktemp("overwritten")) for _ in range(2))
    for files in loads:
        for name, text in files:
            again_and_again.put(name, text)
            once.put(name, text)
        again_and_again.load()
    once.load()
    assert standing(again_and_again) == standing(once)


def test_rows_that_do_not_add_up_are_not_loaded(warehouse, monkeypatch):
    settle = reading.settle
    monkeypatch.setattr(reading, "settle", lambda *args: settle(*args) + 1)
    file = warehouse.put_and_load("logins/a.csv", delimited(LOGIN))
    assert "Its 2 rows are not 1 to load and 0 to quarantine" in file.error
    assert warehouse.rows("select count(*) from raw.logins") == [(0,)]


# ---- declarations ----------------------------------------------------------------------------------------------------


def edited(root: Path, source: str, old: str = "", new: str = ""):
    """The declarations with a change in one of them."""
    folder = root / "sources"
    shutil.copytree(PAGE.parents[1] / "orchestration" / "sources", folder, dirs_exist_ok=True)
    file = folder / f"{source}.yml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    return declarations(folder)


TYPOS = [
    ("surveys", "delivery:", "delivry:", "surveys.yml: unknown key 'delivry' (did you mean 'delivery'?)"),
    ("surveys", "type: integer", "typ: integer", "surveys.yml: column 'score': unknown key 'typ'"),
    ("surveys", "type: integer", "type: number", "column 'score': key 'type' is 'number'; use one of bigint, boolean,"),
    ("surveys", "delivery: append", "delivery: appended", "key 'delivery' is 'appended'; use one of append, full"),
    ("surveys", "[response_id]", "[respons_id]", "key 'natural_key' names 'respons_id', which is no declared column"),
    ("surveys", "[response_id]", "response_id", "key 'natural_key' is 'response_id'; it must be a list"),
    ("surveys", "Asia/Tokyo", "Asia/Tokio", "key 'timezone': 'Asia/Tokio' is no time zone"),
    ("surveys", "aliases: [rating", "aliases: [account, rating", "'account' stands for both 'account_id' and 'score'"),
    ("surveys", "aliases: [rating", "aliases: [ＡＣＣＯＵＮＴ-No, rating", "stands for both 'account_id' and 'score'"),
    ("surveys", "delivery: append", "", "surveys.yml: key 'delivery' is missing"),
    ("contracts", "type: currency", "type: string", "money need exactly one column of type currency"),
]


@pytest.mark.parametrize(("source", "old", "new", "message"), TYPOS)
def test_a_typo_in_a_declaration_is_named_with_file_and_key(tmp_path, source, old, new, message):
    with pytest.raises(DeclarationError) as error:
        edited(tmp_path, source, old, new)
    assert message in str(error.value)


def test_sql_of_a_declaration_that_does_not_work_is_named(tmp_path):
    sources = edited(tmp_path, "contracts", "end_date_exclusive > start_date", "end_date > start_date")
    with pytest.raises(DeclarationError, match="contracts.yml: key 'row_rules'.*end_date"):
        Warehouse(tmp_path, sources).load()


TOUCHES = """
label: {en: Touches, ja: 接点}
delivery: append
order_by: date_in_file_name
natural_key: [touch_id]
day: touched_date
columns:
  touch_id: {type: id, required: true}
  account_id: {type: id, required: true, aliases: [customer_id]}
  touched_at: {type: timestamp, required: true}
  touched_date: {type: date, derived_from: touched_at}
  minutes: {type: integer, minimum: 0, default: 30}
"""


def test_a_new_source_is_one_more_declaration(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "touches.yml").write_text(TOUCHES)
    warehouse = Warehouse(tmp_path, declarations(tmp_path / "sources"))
    text = delimited({"touch_id": "T1", "customer_id": "A1", "touched_at": "2024-04-01 01:00", "owner": "x"})
    assert "Its name has no date" in warehouse.put_and_load("touches/a.csv", text).error
    warehouse.put_and_load("touches/export_20240401.csv", text)
    assert warehouse.rows("select * exclude (_loaded_at) from raw.touches") == [
        ("T1", "A1", datetime(2024, 3, 31, 16), date(2024, 4, 1), 30, "touches/export_20240401.csv", 1, "2024-04-01")
    ]
    assert warehouse.rows("select unknown_columns from raw.loaded_files where status = 'loaded'") == [("owner",)]


def test_a_changed_declaration_reads_the_files_again(tmp_path):
    warehouse = Warehouse(tmp_path, edited(tmp_path, "surveys"))
    warehouse.put_and_load("surveys/a.csv", delimited(ANSWER | {"weight": "0.5"}))
    weight = "  weight:\n    type: string\n  score:\n"
    warehouse.sources = edited(tmp_path, "surveys", "  score:\n", weight)
    assert list(warehouse.load()) == ["surveys/a.csv"]
    assert warehouse.rows("select weight, score from raw.surveys") == [("0.5", 9)]


def test_the_page_of_sources_is_in_step_with_the_declarations():
    assert PAGE.read_text(encoding="utf-8") == page(declarations()), "run: python -m orchestration.sources"


# ---- third-party files, unedited -------------------------------------------------------------------------------------

THIRD_PARTY = {
    "data/sfo_nps_2017/surveys.csv": ("surveys", 2746, 85),
    "data/fightchurn_crm/accounts.csv": ("accounts", 754, 0),
    "data/fightchurn_crm/contracts.csv": ("contracts", 18828, 0),
    "data/fightchurn_crm/surveys_nps_composite.csv": ("surveys", 2746, 85),
    "data/mrr_playbook/accounts.csv": ("accounts", 55, 0),
    "data/mrr_playbook/contracts.csv": ("contracts", 121, 0),
    "data/ravenstack/accounts.csv": ("accounts", 500, 0),
    "data/ravenstack/contracts.csv": ("contracts", 4987, 13),
    "data/ravenstack/login_events.csv": ("logins", 25000, 0),
    "data/ravenstack/surveys_csat.csv": ("surveys", 1175, 0),
    "golden/accounts.csv": ("accounts", 11, 0),
    "golden/contracts.csv": ("contracts", 21, 0),
}


@needs_shared
def test_files_of_others_load_as_they_are(warehouse):
    for path, (source, _, _) in THIRD_PARTY.items():
        warehouse.put(f"{source}/{path}", (SHARED / path).read_bytes())
    files = warehouse.load()
    for path, (source, loaded, quarantined) in THIRD_PARTY.items():
        file = files[f"{source}/{path}"]
        assert (file.rows_loaded, file.rows_quarantined) == (loaded, quarantined), file.summary


@needs_shared
def test_the_user_days_of_others_load_from_parquet(warehouse):
    source = SHARED / "data/fightchurn_crm/login_events_user_day.parquet"
    sample = warehouse.landing / "logins" / "days.parquet"
    sample.parent.mkdir(parents=True)
    duckdb.sql(f"from '{source}' limit 50000").write_parquet(str(sample))
    warehouse.load()
    expected = duckdb.sql(f"select count(*), sum(n_events), max(login_date) from '{sample}'").fetchall()
    assert warehouse.rows("select count(*), sum(event_count)::hugeint, max(login_date) from raw.logins") == expected
