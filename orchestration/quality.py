"""What the job says about itself: rows of the `quality` schema (runs, checks, files, quarantine, freshness).
Written here only; publish.py copies it and summary.py reads the copy."""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from orchestration.quality_tables import TABLES

Connection = duckdb.DuckDBPyConnection


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def create(connection: Connection) -> None:
    """Create the schema and its tables where they are absent."""
    connection.execute("create schema if not exists quality")
    for table, (_, columns) in TABLES.items():
        declared = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists quality.{table} ({declared})")


def insert(connection: Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows given as mappings; columns that a row does not name are NULL."""
    columns = list(TABLES[table][1])
    values = [[row.get(column) for column in columns] for row in rows]
    if values:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into quality.{table} ({', '.join(columns)}) values ({marks})", values)


def update_run(connection: Connection, run_id: str, schema: str = "quality", **values: Any) -> None:
    assignments = ", ".join(f"{column} = ?" for column in values)
    connection.execute(f"update {schema}.run set {assignments} where run_id = ?", [*values.values(), run_id])


def record_checks(connection: Connection, run_id: str, source_of_check: str, results: Iterable[Mapping]) -> None:
    """Store check results; replaces those of the same run, kind and layer, so that a retried step counts once."""
    now = utc_now()
    rows = [
        {
            **result,
            "run_id": run_id,
            "source_of_check": source_of_check,
            "observed": as_text(result.get("observed")),
            "examples": as_text(result.get("examples") or None),
            "checked_at": now,
        }
        for result in results
    ]
    connection.execute("begin")
    connection.execute(
        "delete from quality.check_result where run_id = ? and source_of_check = ? and layer in (select unnest(?))",
        [run_id, source_of_check, sorted({row["layer"] for row in rows})],
    )
    insert(connection, "check_result", rows)
    connection.execute("commit")


def as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def count_checks(connection: Connection, run_id: str) -> dict[str, int]:
    """`{checks_passed, checks_warned, checks_failed}` of a run; a broken rule counts as failed."""
    passed, warned, failed = connection.execute(
        """select count(*) filter (status = 'passed'), count(*) filter (status = 'warned'),
               count(*) filter (status in ('failed', 'broken'))
           from quality.check_result where run_id = ?""",
        [run_id],
    ).fetchone()
    return {"checks_passed": passed, "checks_warned": warned, "checks_failed": failed}
