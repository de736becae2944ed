"""What had been published stays readable: the month values of every publish, recorded once. The published file itself
is the truth: a run reads it before it builds anything, so that a kill at any moment loses and doubles nothing."""

from typing import Any

import duckdb

from orchestration import lock, quality
from orchestration.quality_tables import TABLES
from orchestration.settings import DataDir, Refused

Rows = list[dict[str, Any]]

RUN, MONTH = "published_run", "published_month"
MEASURES = [column for column in TABLES[MONTH][1] if column not in ("publish_number", "month", "is_final")]
MONEY = [column for column in MEASURES if TABLES[MONTH][1][column][0] == "bigint"]

NEWEST_RUN = """select run_id, as_of_date, ended_at as published_at, config_hash from quality.run
    where status = 'published' order by ended_at desc limit 1"""
MONTH_VALUES = f"""select waterfall.month, waterfall.is_final, {", ".join(MEASURES)}
    from marts.mart_mrr_waterfall as waterfall
    left join (
        select period_end_date, nrr, grr, logo_retention from marts.mart_retention
        where horizon_months = 12 and definition = 'cohort_p2p' and scope_type = 'all'
    ) as retention on waterfall.month_end_date = retention.period_end_date
    order by waterfall.month"""


def record_published(data_dir: DataDir) -> None:
    """Record the values of the file readers have now, unless they are recorded. Raises Refused for a foreign file."""
    if not data_dir.published.exists():
        return
    with lock.warehouse(data_dir) as connection:
        runs = _rows(connection, "select run_id, publish_number from quality.published_run")
        newest = max([0, *(run["publish_number"] for run in runs)])
        shown, months, earlier = _look(data_dir, newest)
        if shown is None or shown["run_id"] in {run["run_id"] for run in runs}:
            return
        connection.execute("begin")
        for table, rows in earlier.items():
            quality.insert(connection, table, rows)
        number = max([newest, *(run["publish_number"] for run in earlier[RUN])]) + 1
        quality.insert(connection, RUN, [{**shown, "publish_number": number}])
        quality.insert(connection, MONTH, [{**row, "publish_number": number} for row in _changed(connection, months)])
        connection.execute("commit")


def _look(data_dir: DataDir, newest: int) -> tuple[dict[str, Any] | None, Rows, dict[str, Rows]]:
    """The run that published the file, its month values, and what the file knows of publishes after the newest that
    the warehouse knows: more than nothing when the warehouse was deleted, or put back from an older copy."""
    try:
        with duckdb.connect(str(data_dir.published), read_only=True) as published:
            there = {name for (name,) in published.execute("select table_name from duckdb_tables()").fetchall()}
            later = "select * from quality.{} where publish_number > {}"
            earlier = {t: _rows(published, later.format(t, newest)) if t in there else [] for t in (RUN, MONTH)}
            runs = _rows(published, NEWEST_RUN)
            return runs[0] if runs else None, _rows(published, MONTH_VALUES), earlier
    except duckdb.Error as error:
        message = f"What {data_dir.published} shows cannot be recorded; move it away to build without it. ({error})"
        raise Refused(message) from None


def _changed(connection: quality.Connection, values: Rows) -> Rows:
    """The months whose values differ from the last recorded ones. One that is gone, since no contract goes back that
    far any more, has an MRR of 0 and nothing that could still be renewed."""
    columns = f"month, is_final, {', '.join(MEASURES)}"
    last = f"""select {columns} from quality.published_month
        qualify row_number() over (partition by month order by publish_number desc) = 1"""
    recorded = {row["month"]: row for row in _rows(connection, last)}
    nothing = {"is_final": True, **dict.fromkeys(MEASURES), **dict.fromkeys(MONEY, 0)}
    gone = [{**nothing, "month": month} for month in sorted(recorded.keys() - {row["month"] for row in values})]
    return [row for row in [*values, *gone] if row != recorded.get(row["month"])]


def _rows(connection: quality.Connection, query: str) -> Rows:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
