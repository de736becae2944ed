"""Tables of the published file as Parquet and CSV, one file each, with the list of them. DuckDB writes the files: marts
have millions of rows, none of which passes through Python."""

import csv
import datetime
import difflib
from pathlib import Path

import duckdb

from orchestration.formulas import harmless_sql
from orchestration.settings import Refused

SCHEMAS = ("marts", "reference")  # quality is about the runs of this machine; the published file has it
TABLES, COLUMNS = "tables.csv", "columns.csv"  # what the export holds and what it means: neither format carries it
Address = tuple[str, str]


def chosen_tables(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[Address]:
    """(schema, table) of all tables to export, or of those named. Raises Refused for an unknown one."""
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name in ? order by all", [list(SCHEMAS)]
    ).fetchall()
    known = [table for _, table in found]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise Refused(f"There is no table '{name}' in {' or '.join(SCHEMAS)}.{hint}")
    return [(schema, table) for schema, table in found if not names or table in names]


def write_tables(
    connection: duckdb.DuckDBPyConnection, tables: list[Address], folder: Path, ending: str, as_of: datetime.date
) -> int:
    """`<schema>/<table>.<ending>` for each, then tables.csv and columns.csv. Returns how many tables they are."""
    write = write_csv if ending == "csv" else write_parquet
    connection.execute("set preserve_insertion_order = false")  # rows have none, and keeping it takes thrice the memory
    columns = "file varchar, schema_name varchar, table_name varchar, row_count bigint"
    connection.execute(f"create or replace temp table exported ({columns})")
    for schema, table in tables:
        path = folder / schema / f"{table}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = write(connection, f'select * from "{schema}"."{table}"', path)
        name = path.relative_to(folder).as_posix()
        connection.execute("insert into exported values (?, ?, ?, ?)", [name, schema, table, rows])
    write_csv(
        connection,
        f"""select file, schema_name, table_name, row_count, date '{as_of}' as as_of_date, trim(comment) as description
            from exported join duckdb_tables() using (schema_name, table_name) order by file""",
        folder / TABLES,
    )
    write_csv(
        connection,
        """select file, column_name, data_type, trim(comment) as description
           from exported join duckdb_columns() using (schema_name, table_name) order by file, column_index""",
        folder / COLUMNS,
    )
    return len(tables)


def files_of(folder: Path) -> set[str]:
    """The files that an earlier export wrote into the folder, by its list; empty without one."""
    if not (folder / TABLES).is_file():
        return set()
    with (folder / TABLES).open(encoding="utf-8-sig", newline="") as file:
        return {TABLES, COLUMNS} | {row.get("file", "") for row in csv.DictReader(file)}


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Rows written."""
    return connection.execute(f"copy ({query}) to '{quoted(path)}' (format parquet)").fetchone()[0]


def write_csv(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """UTF-8 with its mark, without which Excel reads Japanese as Shift-JIS; no text that a sheet takes for a formula;
    all text in quotes, which a reader then finds in whichever rows it looks at first. Returns the rows written."""
    columns = {f'"{name}"': kind for name, kind, *_ in connection.execute(f"describe {query}").fetchall()}
    texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
    cells = ", ".join(f"{harmless_sql(name)} as {name}" if name in texts else name for name in columns)
    options = "format csv, prefix '\ufeff', suffix '\n'"  # the suffix is the end of the last line
    if texts:
        options += f", force_quote ({', '.join(texts)})"
    return connection.execute(f"copy (select {cells} from ({query})) to '{quoted(path)}' ({options})").fetchone()[0]


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")
