"""What has arrived per source and how old it is: the rows of quality.freshness, and the copies of raw's file and
quarantine lists. Rebuilt by every run, before publishing."""

import datetime
from collections.abc import Mapping

from orchestration.quality import Connection, insert
from orchestration.quality_tables import TABLES
from orchestration.sources import Source


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
    newest_day, rows_effective, unknown = connection.execute(
        f"""select max({source.day or "null::date"}) filter ({source.day or "null::date"} <= ?), count(*),
                count(*) filter (account_id not in (select account_id from staging.stg_accounts))
            from staging.stg_{source.name}""",
        [as_of],
    ).fetchone()
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
        "duplicate_rows": delivered_rows(connection, source) - rows_effective,
        "unknown_account_rows": unknown,
        "as_of_date": as_of,
        "days_behind": days_behind,
        "state": "missing" if not rows_effective else "stale" if is_stale else "fresh",
    }


def delivered_rows(connection: Connection, source: Source) -> int:
    """Rows that could count: of a full delivery those of the newest one, else all."""
    newest = f"where _delivery = (select max(_delivery) from raw.{source.name})" if source.delivery == "full" else ""
    return connection.execute(f"select count(*) from raw.{source.name} {newest}").fetchone()[0]
