"""Landing → raw as Dagster assets: one asset per raw table that dbt declares as a source. How a file is read stands in
ingest.py."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration import lock, quality
from orchestration.day import Day
from orchestration.schedules import DAYS, ONE_RUN


def build_assets(declared: Mapping[str, Any]) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key=["raw", source["name"]],
            group_name="raw",
            description=source["description"] or None,
            partitions_def=DAYS,
        )
        for source in declared["sources"].values()
        if source["schema"] == "raw"
    ]

    @dg.multi_asset(
        specs=specs, name="raw", partitions_def=DAYS, backfill_policy=ONE_RUN, required_resource_keys={"day"}
    )
    def raw(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        day: Day = context.resources.day
        with day.step("landing → raw"):
            counts = load(day, [spec.key.path[-1] for spec in specs])
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"dagster/row_count": counts[spec.key.path[-1]]})

    return raw


def load(day: Day, tables: list[str]) -> dict[str, int]:
    """Load what is new in landing; returns the rows of each raw table."""
    from orchestration.ingest import ingest

    with lock.warehouse(day.data_dir) as connection:
        files = ingest(connection, day.data_dir.landing, lambda line: day.say(f"  {line}"))
        if day.backfill:
            ask_for_backfill(connection, day)
        quality.update_run(
            connection,
            day.run_id,
            rows_loaded=sum(file.rows_loaded for file in files),
            rows_quarantined=sum(file.rows_quarantined for file in files),
        )
        return {table: connection.execute(f"select count(*) from raw.{table}").fetchone()[0] for table in tables}


def ask_for_backfill(connection: quality.Connection, day: Day) -> None:
    """Note the range, and touch its first day so that the models rebuild from there."""
    first, last = day.backfill
    connection.execute("begin")
    connection.execute("insert into raw.backfill_ranges select ?, ?", [first, last])
    connection.execute(
        """insert into raw.touched_days
           select 'backfill', ?, 1 + greatest(
               (select coalesce(max(load_seq), 0) from raw.touched_days),
               (select coalesce(max(load_seq), 0) from raw.loaded_files)
           )""",
        [first],
    )
    connection.execute("commit")
