"""What a run finds when it starts: the day that is published, runs whose process is gone, and drafts they left."""

import datetime
from collections.abc import Callable
from typing import Any

import duckdb

from orchestration import lock, quality
from orchestration.settings import DataDir, Refused


def refuse_past(data_dir: DataDir, as_of: datetime.date) -> None:
    published = published_day(data_dir)
    if published and as_of < published:
        raise Refused(
            f"{data_dir.root} already shows {published}; {as_of} is before it. Days go forward in a data directory:"
            " build a past day in another one (--data-dir) from the same files, or refill past days by `csw backfill`."
        )


def published_day(data_dir: DataDir) -> datetime.date | None:
    """The as-of date readers see now; None when nothing is published."""
    return _ask_published(data_dir, "select max(as_of_date) from quality.run where status = 'published'")


def _ask_published(data_dir: DataDir, query: str, *values: str) -> Any:
    """The first value a query finds in the published file; None without a file. Raises Refused for a foreign file."""
    if not data_dir.published.exists():
        return None
    try:
        with duckdb.connect(str(data_dir.published), read_only=True) as connection:
            found = connection.execute(query, list(values)).fetchone()
    except duckdb.Error as error:
        raise Refused(f"{data_dir.published} is not a file this job published; move it away. ({error})") from None
    return found and found[0]


def tidy_up(data_dir: DataDir, on_dead_run: Callable[[str], None]) -> None:
    """We hold the lock, so whoever is still 'running' is dead. One that died after swapping its file in did publish."""
    for leftover in data_dir.root.glob("*.tmp*"):
        leftover.unlink()
    with lock.warehouse(data_dir) as connection:
        quality.create(connection)
        running = connection.execute("select run_id from quality.run where status = 'running'").fetchall()
        for (run_id,) in running:
            if _ask_published(data_dir, "select 1 from quality.run where run_id = ? and status = 'published'", run_id):
                quality.update_run(connection, run_id, status="published", ended_at=quality.utc_now())
            else:
                error = "The run was stopped before it ended (killed, or the machine went down)."
                quality.update_run(connection, run_id, status="failed", error=error, ended_at=quality.utc_now())
            on_dead_run(run_id)
