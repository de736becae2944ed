"""Write – audit – publish: copies the marts, the seeds and the quality tables into a new file, checks the copy, and
swaps it in with one rename. Which tables, dbt's manifest says; a schema is never scanned. Nothing personal leaves."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration import lock, quality
from orchestration.day import Day
from orchestration.freshness import describe_sources
from orchestration.published_tables import Table, tables
from orchestration.schedules import DAYS, ONE_RUN
from orchestration.settings import DataDir, Refused
from orchestration.sources import declarations

STORAGE_VERSION = "v1.4.0"  # read by DuckDB 1.4, 1.5 and 2.0
STEP = "publish"


def build_asset(declared: Mapping[str, Any], checked: list[dg.AssetKey], steps: list[str]) -> dg.AssetsDefinition:
    """The published file as an asset. It depends on every asset of every layer, so that no failed check is behind it,
    and on the steps of its own run, so that nobody publishes it alone."""

    @dg.asset(
        key=["published", "cs_warehouse"],
        deps=checked,
        group_name="published",
        description="The file readers open: schemas marts, reference and quality.",
        partitions_def=DAYS,
        backfill_policy=ONE_RUN,
        required_resource_keys={"day"},
    )
    def publish_asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        day: Day = context.resources.day
        with day.step(STEP):
            day.refuse_unless_done(steps)
            with lock.warehouse(day.data_dir) as connection:
                describe_sources(connection, day.as_of, declarations())
            path = publish(day.data_dir.root, declared, day.ending)
            day.mark_published()
        return dg.MaterializeResult(metadata={"path": str(path), "bytes": path.stat().st_size, "seconds": day.seconds})

    return publish_asset


def publish(
    data_dir: Path, declared: Mapping[str, Any], ending: Callable[[duckdb.DuckDBPyConnection], dict] | None = None
) -> Path:
    """Write the file readers open and swap it in; returns its path. Raises Refused, leaving the old file, when the copy
    is not right. `ending` gives the last values of the run's own row: only the new file knows it as published."""
    place = DataDir(data_dir)
    draft = place.published.with_name(place.published.name + ".tmp")
    draft.unlink(missing_ok=True)
    todo = list(tables(declared))
    with lock.warehouse(place) as connection:
        connection.execute(f"attach '{_quoted(draft)}' as out (storage_version '{STORAGE_VERSION}')")
        connection.execute("begin")  # one commit: else the disk is waited for at each of hundreds of comments
        for table in todo:
            copy(connection, table)
        audit(connection, todo)
        if ending:
            quality.update_run(connection, schema="out.quality", **ending(connection))
        connection.execute("commit")
        connection.execute("checkpoint out")
        connection.execute("detach out")
    _sync(draft)
    os.replace(draft, place.published)
    _sync(place.root)
    return place.published


def copy(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute(f'create schema if not exists out."{table.schema}"')
    connection.execute(f"create table out.{table.address} as {table.query}")
    connection.execute(f"comment on table out.{table.address} is '{_quoted(table.description)}'")
    for column, description in table.columns.items():
        connection.execute(f"comment on column out.{table.address}.\"{column}\" is '{_quoted(description)}'")


def audit(connection: duckdb.DuckDBPyConnection, todo: list[Table]) -> None:
    """Every table has the rows of its origin and every table and column says what it is. Raises Refused if not."""
    wrong = []
    for table in todo:
        copied, origin = connection.execute(
            f"select (select count(*) from out.{table.address}), (select count(*) from ({table.query}))"
        ).fetchone()
        if copied != origin:
            wrong.append(f"{table.schema}.{table.name} has {copied} rows instead of {origin}")
    silent = connection.execute(
        """select concat_ws('.', schema_name, table_name, column_name) from (
               select database_name, schema_name, table_name, null as column_name, comment from duckdb_tables()
               union all
               select database_name, schema_name, table_name, column_name, comment from duckdb_columns())
           where database_name = 'out' and coalesce(comment, '') = '' order by 1"""
    ).fetchall()
    wrong += [f"{name} has no description" for (name,) in silent]
    if wrong:
        raise Refused("The new file is not right and does not replace what readers have: " + "; ".join(wrong[:10]))


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
