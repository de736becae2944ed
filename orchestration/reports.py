"""What `csw status` and `csw quarantine` show. They read the warehouse while nobody builds in it, else the published
file; they never wait and never disturb a run."""

import contextlib
from collections.abc import Iterator

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration import lock
from orchestration.failures import describe_check
from orchestration.settings import DataDir, Refused

RUNS_SHOWN = 10
COLOURS = {"warned": "yellow", "failed": "red", "broken": "red"}


@contextlib.contextmanager
def newest_file(data_dir: DataDir) -> Iterator[tuple[duckdb.DuckDBPyConnection, bool]]:
    """(connection, True when it is the warehouse and not the published file). Raises Refused before the first run."""
    try:
        with lock.hold(data_dir):
            if data_dir.warehouse.exists():
                with duckdb.connect(str(data_dir.warehouse), read_only=True) as connection:
                    yield connection, True
                    return
    except lock.Busy:
        pass
    if not data_dir.published.exists():
        raise Refused(f"No run has ended in {data_dir.root} yet. `csw run` builds the first day.")
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        yield connection, False


def show_status(data_dir: DataDir, console: Console) -> None:
    holder = lock.holder(data_dir)
    if holder:
        console.print(f"[bold]A run is going on[/] ({holder}); what follows is from the published file.")
    with newest_file(data_dir) as (connection, _):
        _show_runs(connection, console)
        _show_problems(connection, console)
        _show_freshness(connection, console)
    if data_dir.published.exists():
        size = data_dir.published.stat().st_size / 1e6
        console.print(f"Published file: {data_dir.published} ({size:,.1f} MB)", markup=False)
        _show_restated_months(data_dir, console)
    else:
        console.print("Nothing is published yet.")
    if data_dir.digest_fault.exists():
        console.print(data_dir.digest_fault.read_text(encoding="utf-8"), style="yellow", markup=False)


def _show_runs(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    runs = connection.execute(
        """select as_of_date, status, strftime(started_at, '%Y-%m-%d %H:%M') || ' UTC',
               coalesce(date_diff('second', started_at, ended_at) || ' s', ''),
               coalesce(checks_passed, 0) || ' / ' || coalesce(checks_warned, 0) || ' / ' || coalesce(checks_failed, 0),
               coalesce(failed_step, ''), coalesce(error, '')
           from quality.run order by started_at desc limit ?""",
        [RUNS_SHOWN],
    ).fetchall()
    table = _table("Last runs", "day", "status", "started", "took", "passed / warned / failed", "failed step")
    for row in runs:
        table.add_row(*map(str, row[:6]), style="red" if row[1] == "failed" else None)
    console.print(table, soft_wrap=False)
    if runs and runs[0][1] == "failed":
        console.print(f"The last run failed: {runs[0][6]}", style="red", markup=False)


def _show_problems(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    """The checks of the last run that did not hold, blocking ones first."""
    cursor = connection.execute(
        """select * from quality.check_result
           where status in ('warned', 'failed', 'broken')
               and run_id = (select arg_max(run_id, started_at) from quality.run)
           order by status in ('failed', 'broken') desc, layer, table_name, check_name"""
    )
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        result = dict(zip(names, row, strict=True))
        console.print(f"{result['status']:<7} {describe_check(result)}", markup=False, style=COLOURS[result["status"]])


def _show_freshness(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    rows = connection.execute(
        """select is_required, source, state, coalesce(newest_day::varchar, ''), files, rows_effective, duplicate_rows,
               unknown_account_rows from quality.freshness order by source"""
    ).fetchall()
    if not rows:  # the first run stopped before it could tell
        return
    columns = ("source", "state", "newest day", "files", "rows that count", "duplicates", "unknown account")
    table = _table("Sources", *columns)
    absent = []
    for is_required, *row in rows:
        if row[1] == "missing" and not is_required:
            absent.append(row[0])
            continue
        table.add_row(*(f"{value:,}" if isinstance(value, int) else value for value in row))
    console.print(table, soft_wrap=False)
    if absent:
        console.print(f"Optional and not delivered: {', '.join(absent)}.")


def _show_restated_months(data_dir: DataDir, console: Console) -> None:
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        if connection.execute("select 1 from duckdb_tables() where table_name = 'mart_restatement'").fetchone():
            months = "select count(distinct month) from marts.mart_restatement where restatements > 0"
            count = connection.execute(months).fetchone()[0]
            console.print(f"Months whose values changed after they were published: {count} (marts.mart_restatement)")


def show_quarantine(data_dir: DataDir, source: str | None, console: Console) -> None:
    with newest_file(data_dir) as (connection, is_warehouse):
        origin, text = ("raw.quarantine", "raw_text") if is_warehouse else ("quality.quarantine", "''")
        rows = connection.execute(
            f"""select source, coalesce(column_name, ''), reason, count(*) as row_count,
                    arg_min(source_file || ' row ' || row_number, (source_file, row_number)),
                    coalesce(arg_min({text}, (source_file, row_number)), '')
                from {origin} where ? is null or source = ?
                group by all order by source, row_count desc, 2, 3""",
            [source, source],
        ).fetchall()
    if not rows:
        console.print("No row is in quarantine" + (f" for {source}." if source else "."))
        return
    table = _table("Rows in quarantine", "source", "column", "reason", "rows", "for example", "the row")
    for *words, count, where, text in rows:
        table.add_row(*words, f"{count:,}", where, text[:120])
    console.print(table, soft_wrap=False)
    console.print("Correct the row in its file and run again: the file is loaded anew.")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
