"""What has arrived per source and how old it is: the rows of quality.freshness, and the copies of raw's file and
quarantine lists. Rebuilt by every run, before publishing."""

import datetime
from collections.abc import Mapping

from orchestration.quality import Connection, insert
from orchestration.quality_tables import TABLES
from orchestration.sources import Source

DAYS_COUNTED = 28


def describe_sources(connection: Connection, as_of: datetime.date, sources: Mapping[str, Source]) -> None:
    """Rebuild quality.loaded_file, quality.quarantine and quality.freshness."""
    connection.execute("begin")
    for table, origin in (("loaded_file", "loaded_files"), ("quarantine", "quarantine")):
        columns = ", ".join(TABLES[table][1])
        connection.execute(f"delete from quality.{table}")
        connection.execute(f"insert into quality.{table} ({columns}) select {columns} from raw.{origin}")
    connection.execute("delete from quality.freshness")
    insert(connection, "freshness", [freshness(connection, as_of, source) for source in sources.values()])
    connection.execute("commit")


def freshness(connection: Connection, as_of: datetime.date, source: Source) -> dict:
    """The row of one source. A source without a day cannot be stale, only missing."""
    names_account = "account_id" in source.columns
    waits = "account_id not in (select account_id from staging.stg_accounts)" if names_account else "false"
    rows_effective, unknown = connection.execute(
        f"""select count(*), count(*) filter ({waits})
            from staging.stg_{source.name} where {counted(source, as_of)}"""
    ).fetchone()
    newest_day = connection.execute(f"select {newest(source, as_of)} from raw.{source.name}").fetchone()[0]
    files = connection.execute(
        "select count(*) from raw.loaded_files where source = ? and status = 'loaded'", [source.name]
    ).fetchone()[0]
    days_behind = (as_of - newest_day).days if newest_day else None
    is_stale = days_behind is not None and source.freshness_days is not None and days_behind > source.freshness_days
    return {
        "source": source.name,
        "is_required": source.required,
        "newest_day": newest_day,
        "files": files,
        "rows_effective": rows_effective,
        "duplicate_rows": delivered_rows(connection, source, as_of) - rows_effective,
        "unknown_account_rows": unknown,
        "as_of_date": as_of,
        "days_behind": days_behind,
        "state": "missing" if not files else "stale" if is_stale else "fresh",
    }


def counted(source: Source, as_of: datetime.date) -> str:
    """SQL condition: which rows are counted. Where the day is part of the key, those of the last four weeks, so that a
    day costs the same after years of log-ins (only a literal date reaches the scan)."""
    is_long = source.day in source.natural_key
    return f"{source.day} between date '{as_of}' - {DAYS_COUNTED - 1} and date '{as_of}'" if is_long else "true"


def newest(source: Source, as_of: datetime.date) -> str:
    """SQL expression: the newest day of a source up to the as-of date."""
    # An aggregate also without a day: of a table without rows a bare NULL would be no row at all.
    return f"max({source.day}) filter ({source.day} <= date '{as_of}')" if source.day else "max(cast(null as date))"


def delivered_rows(connection: Connection, source: Source, as_of: datetime.date) -> int:
    """Rows that could count: of a full delivery those of the newest one, else all."""
    newest_only = f"_delivery = (select max(_delivery) from raw.{source.name})" if source.delivery == "full" else "true"
    query = f"select count(*) from raw.{source.name} where {newest_only} and {counted(source, as_of)}"
    return connection.execute(query).fetchone()[0]
