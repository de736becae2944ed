"""`csw export`: the files hold what the published file holds, a sheet takes no text for a formula, and nothing that
others put there is lost."""

import csv
import fcntl
import io
import os
import re
import shutil
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
from conftest import SAMPLE_DAY, Warehouse
from rich.console import Console
from typer.testing import CliRunner

from orchestration import excel
from orchestration import export as export_module
from orchestration.actions import Language
from orchestration.cli import app
from orchestration.excel_cells import SHEETS
from orchestration.export import Format, write_export
from orchestration.formulas import STARTS_A_FORMULA, harmless, harmless_sql
from orchestration.settings import DataDir, Refused

EVIL = ('=HYPERLINK("http://x","y")', "http://x", "＝1+1", "-1", "@home, and \"more\"\n=2", "+81", "plain")  # fmt: skip


def write(data_dir: DataDir, folder: Path, chosen: Format = Format.parquet, lang: str = "en", *tables: str) -> str:
    console = Console(file=io.StringIO(), width=200)
    write_export(data_dir, folder, chosen, Language(lang), list(tables), console)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def folder(sample_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats of the sample, the workbook in English."""
    target = tmp_path_factory.mktemp("export")
    write(sample_warehouse.data_dir, target, Format.all)
    return target


@pytest.fixture
def spoiled(sample_warehouse: Warehouse, tmp_path: Path) -> DataDir:
    """A copy of the published file, in dollars, whose customers have names that a sheet would run."""
    data_dir = DataDir(tmp_path / "data")
    data_dir.root.mkdir()
    shutil.copyfile(sample_warehouse.data_dir.published, data_dir.published)
    with duckdb.connect(str(data_dir.published)) as connection:
        connection.execute("update marts.dim_account set currency = 'USD', account_name = 'n' || account_id")
        connection.execute(
            """update marts.dim_account set account_name = ($1::varchar[])[1 + place % len($1)] from (
                   select account_id, row_number() over (order by account_id) as place from marts.dim_account) as places
               where places.account_id = dim_account.account_id""",
            [list(EVIL)],
        )
    return data_dir


def digest(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """As Warehouse.digests has it."""
    return connection.execute(
        f"select md5(string_agg(t::varchar, '\n')) from (select t from ({query}) as t order by all)"
    ).fetchone()[0]


def declared(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "tables.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet_rows(path: Path, place: int) -> list[dict[str, object]]:
    """Rows of the sheet, by heading without its currency."""
    heads, *rows = openpyxl.load_workbook(path).worksheets[place].iter_rows(values_only=True)
    return [dict(zip([re.sub(r" \(...\)$", "", head) for head in heads], row, strict=True)) for row in rows]


def test_every_mart_and_seed_is_a_parquet_file_with_the_same_rows_and_types(
    folder: Path, sample_warehouse: Warehouse, sample: duckdb.DuckDBPyConnection
) -> None:
    tables = {row["file"]: row for row in listed(folder / "parquet")}
    expected = {
        f"{schema}/{table}.parquet": digest
        for schema in ("marts", "reference")
        for table, digest in sample_warehouse.digests(schema).items()
    }
    assert {path.relative_to(folder / "parquet").as_posix() for path in folder.rglob("*.parquet")} == set(expected)
    assert set(tables) == set(expected) and len(expected) > 100
    for name, row in tables.items():
        file, table = f"'{folder / 'parquet' / name}'", f"{row['schema_name']}.{row['table_name']}"
        assert digest(sample, f"from {file}") == expected[name], name
        assert declared(sample, f"from {file}") == declared(sample, table), name
        assert sample.execute(f"select count(*) from {table}").fetchone() == (int(row["row_count"]),)
        assert row["as_of_date"] == str(SAMPLE_DAY) and row["description"]
    with (folder / "parquet" / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = list(csv.DictReader(file))
    assert {row["file"] for row in columns} == set(expected) and all(row["description"] for row in columns)


def test_a_csv_reads_back_as_its_table(folder: Path, sample: duckdb.DuckDBPyConnection) -> None:
    signs = ", ".join(f"chr({ord(sign)})" for sign in STARTS_A_FORMULA)
    for row in listed(folder / "csv"):
        path, table = folder / "csv" / row["file"], f"{row['schema_name']}.{row['table_name']}"
        columns = declared(sample, table)
        heads = ",".join(f'"{name}"' if kind == "VARCHAR" else name for name, kind in columns.items())
        assert path.read_bytes().startswith(b"\xef\xbb\xbf" + heads.encode() + b"\n"), table
        cells = [
            f"case when {name}[1] = chr(39) and {name}[2] in ({signs}) then {name}[2:] else {name} end as {name}"
            if kind == "VARCHAR"
            else name
            for name, kind in columns.items()
        ]
        read = f"read_csv('{path}', header = true, columns = {columns}, allow_quoted_nulls = false)"
        back, there = (
            sample.execute(f"select count(*), sum(hash(t)::hugeint) from ({query}) as t").fetchone()
            for query in (f"select {', '.join(cells)} from {read}", f"from {table}")
        )
        assert back == there, table


def test_a_name_that_is_a_formula_is_harmless_in_a_csv_and_numbers_stay_numbers(
    spoiled: DataDir, tmp_path: Path
) -> None:
    write(spoiled, tmp_path / "out", Format.csv, "en", "dim_account", "mart_mrr_waterfall")
    place = tmp_path / "out" / "csv" / "marts"
    with (place / "dim_account.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["account_name"] for row in csv.DictReader(file)}
    # Written out: a rule that lost a sign must be seen here.
    assert names == {
        *("'=HYPERLINK(\"http://x\",\"y\")", "'\uff1d1+1", "'-1", "'@home, and \"more\"\n=2", "'+81"),
        *("http://x", "plain"),
    }
    with (place / "mart_mrr_waterfall.csv").open(encoding="utf-8-sig", newline="") as file:
        assert min(int(row["churn_mrr"]) for row in csv.DictReader(file)) < 0


@pytest.mark.parametrize("text", [*EVIL, *(f"{sign}1" for sign in STARTS_A_FORMULA), "", "'=1", "=\u0338", " =1"])
def test_sql_and_python_have_one_rule_for_formulas(text: str) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"select {harmless_sql('cell')} from (select ?::varchar as cell)", [text])
        assert found.fetchone()[0] == harmless(text)


def test_a_name_that_is_a_formula_is_text_in_the_workbook(spoiled: DataDir, tmp_path: Path) -> None:
    write(spoiled, tmp_path, Format.xlsx)
    book = openpyxl.load_workbook(tmp_path / excel.WORKBOOK)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"} and not any(cell.hyperlink for cell in cells)
    assert set(EVIL) <= {cell.value for cell in cells if cell.data_type == "s"}
    with zipfile.ZipFile(tmp_path / excel.WORKBOOK) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet or b"hyperlink" in sheet]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_workbook_has_the_figures_of_the_marts(
    lang: str, sample_warehouse: Warehouse, sample: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(sample_warehouse.data_dir, tmp_path, Format.xlsx, lang)
    path = tmp_path / excel.WORKBOOK
    label = dict(sample.execute(f"select kpi_key, label_{lang} from reference.kpi_catalog").fetchall())

    def one(query: str) -> object:
        return sample.execute(query).fetchone()[0]

    titles = [sheet.title for sheet in openpyxl.load_workbook(path)]
    forecast, history, landing, bridge, behind, actions, renewals, levels, retention, waterfall, accuracy = (
        sheet_rows(path, place) for place in range(1, 12)
    )
    expected = one("select max_by(expected_nrr, as_of_date) from marts.mart_expected_nrr where scope_type = 'all'")
    grr = one(
        """select max_by(grr, period_end_date) from marts.mart_retention
           where horizon_months = 12 and definition = 'cohort_p2p' and scope_type = 'all'"""
    )
    months = sample.execute("select closing_mrr from marts.mart_mrr_waterfall order by month desc").fetchall()
    assert forecast[0][label["expected_nrr"]] == history[0][label["expected_nrr"]] == expected
    assert forecast[0][label["mrr"]] == one("select sum(mrr) from marts.dim_account")
    assert forecast[0][label["nrr_12m"]] == retention[0][label["nrr_12m"]]
    assert retention[0][label["grr_12m"]] == grr
    assert len(actions) == one("select count(*) from marts.mart_action_queue")
    assert len(landing) and len(accuracy)
    change, due, customers, closing = {
        "en": ("Change", "MRR due", "Customers", "Closing"),
        "ja": ("変化", "更新対象MRR", "顧客数", "月末MRR"),
    }[lang]
    assert sum(row[change] for row in behind) == pytest.approx(bridge[0][change], abs=1e-8)
    assert sum(row[due] for row in renewals) == one("select sum(mrr) from marts.mart_renewal_calendar")
    assert sum(row[customers] or 0 for row in levels) == one("select count_if(is_customer) from marts.dim_account")
    assert [(row[closing],) for row in waterfall] == months
    assert titles[0] == {"en": "About this file", "ja": "この資料について"}[lang]


def test_cells_are_whole_money_percentages_and_dates(spoiled: DataDir, tmp_path: Path) -> None:
    write(spoiled, tmp_path, Format.xlsx)
    sheet = openpyxl.load_workbook(tmp_path / excel.WORKBOOK)["Expected NRR"]
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    with duckdb.connect(str(spoiled.published), read_only=True) as connection:
        mrr = connection.execute("select sum(mrr) from marts.dim_account").fetchone()[0]
    assert (cells["MRR (USD)"].value, cells["MRR (USD)"].number_format) == (mrr / 100, "#,##0.00")
    assert cells["Low end"].number_format == "0.00%"
    assert (sheet.freeze_panes, sheet.auto_filter.ref.split(":")[0]) == ("A2", "A1")
    assert sheet["D1"].comment.text == "monthly recurring revenue of the day"
    day = openpyxl.load_workbook(tmp_path / excel.WORKBOOK).worksheets[0]["B3"]
    assert (day.value.date(), day.number_format) == (SAMPLE_DAY, "yyyy-mm-dd")


def test_the_same_day_gives_the_same_workbook(folder: Path, sample_warehouse: Warehouse, tmp_path: Path) -> None:
    write(sample_warehouse.data_dir, tmp_path, Format.xlsx)
    assert (tmp_path / excel.WORKBOOK).read_bytes() == (folder / excel.WORKBOOK).read_bytes()


def test_every_heading_and_word_is_there_in_both_languages(sample: duckdb.DuckDBPyConnection) -> None:
    with (SHEETS / "texts.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["key"]: row for row in csv.DictReader(file)}
    indicators = {key for (key,) in sample.execute("select kpi_key from reference.kpi_catalog").fetchall()}
    for key, row in texts.items():
        assert row["kpi_key"] in indicators if row["kpi_key"] else row["en"] and row["ja"], key
        assert not row["kind"] or row["kpi_key"] or (row["meaning_en"] and row["meaning_ja"]), key
    sheets = [key.removeprefix("sheet.") for key in texts if key.startswith("sheet.")]
    assert set(sheets) == {path.stem for path in SHEETS.glob("*.sql")}
    used, words = set(), set()
    for sheet in sheets:
        assert max(len(texts[f"sheet.{sheet}"][lang]) for lang in ("en", "ja")) <= 31
        query = (SHEETS / f"{sheet}.sql").read_text(encoding="utf-8").format(lang="en", as_of=SAMPLE_DAY)
        names = [column[0] for column in sample.execute(query).description]
        used |= set(names)
        for name in names:
            if texts[name]["kind"] == "code" and name not in ("scope_value", "owner_id", "health_band"):
                found = sample.execute(f"select distinct {name} from ({query}) where {name} is not null").fetchall()
                words |= {f"{name}={value}" for (value,) in found}
    assert used == {key for key, row in texts.items() if row["kind"]}
    assert words and not words - set(texts)


def test_an_earlier_export_is_replaced_as_a_whole(sample_warehouse: Warehouse, tmp_path: Path) -> None:
    data_dir, target = sample_warehouse.data_dir, tmp_path / "a" / "b'c"
    write(data_dir, target, Format.csv, "en", "mart_mrr_waterfall", "dim_month")
    (target / ".csw-export").mkdir()
    (target / "notes.txt").write_text("mine")
    said = write(data_dir, target, Format.csv, "en", "currencies")
    assert f"1 tables as of {SAMPLE_DAY}" in said
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert files == {"notes.txt", "csv/tables.csv", "csv/columns.csv", "csv/reference/currencies.csv"}
    assert not (target / ".csw-export").exists()


def test_what_cannot_be_exported_is_refused_and_nothing_changes(
    sample_warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir, target = sample_warehouse.data_dir, tmp_path / "out"
    write(data_dir, target, Format.csv, "en", "dim_month")
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}

    def refused(words: str, place: Path = target, chosen: Format = Format.all, *tables: str) -> None:
        with pytest.raises(Refused, match=words):
            write(data_dir, place, chosen, "en", *tables)
        assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before

    refused("no table 'mart_renewal'.*Did you mean 'mart_renewals'", target, Format.csv, "mart_renewal")
    refused("the workbook is always whole", target, Format.xlsx, "dim_month")
    refused("the next run would read it", data_dir.landing / "out")
    refused("cannot be written: Not a directory", target / "csv" / "tables.csv" / "x")
    with monkeypatch.context() as patched:
        patched.setattr(excel, "MOST_ROWS", 3)
        refused("would have .* rows, and Excel takes 3. --format parquet or csv takes them all", chosen=Format.xlsx)
        patched.setattr(export_module, "write_workbook", lambda *_: (target / "none" / "x").read_bytes())
        refused("cannot be written: No such file or directory", target, Format.all, "dim_month")
    handle = os.open(target, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    refused("Another export is writing")
    os.close(handle)
    before[target / "csv" / "mine.csv"] = b"x"
    (target / "csv" / "mine.csv").write_bytes(b"x")
    refused("holds mine.csv, which no export wrote")


def test_a_file_of_an_older_version_gives_its_tables_and_no_workbook(spoiled: DataDir, tmp_path: Path) -> None:
    with duckdb.connect(str(spoiled.published)) as connection:
        connection.execute("drop table marts.mart_level_lever")
    with pytest.raises(Refused, match=r"has no marts.mart_level_lever yet. `csw run` builds it"):
        write(spoiled, tmp_path / "out", Format.all)
    assert not (tmp_path / "out").exists()
    write(spoiled, tmp_path / "out")
    assert (tmp_path / "out" / "parquet" / "marts" / "mart_level_nrr.parquet").exists()


def test_a_company_without_customers_has_a_workbook(spoiled: DataDir, tmp_path: Path) -> None:
    with duckdb.connect(str(spoiled.published)) as connection:
        found = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        for (table,) in found:
            connection.execute(f"delete from marts.{table}")
    write(spoiled, tmp_path, Format.xlsx, "ja")
    sheet = openpyxl.load_workbook(tmp_path / excel.WORKBOOK)["連絡する顧客"]
    assert sheet["A2"].value == "この日に該当する行はありません。"


def test_the_command_exports_parquet_unless_told_otherwise(sample_warehouse: Warehouse, tmp_path: Path) -> None:
    words = ["export", str(tmp_path / "out"), "--table", "dim_month", "--data-dir", str(sample_warehouse.data_dir.root)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["parquet"]
    none = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--data-dir", str(tmp_path / "none")])
    assert none.exit_code == 1
