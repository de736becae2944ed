"""Single steps against the least that DuckDB needs for the same rows: CSV → raw, log-ins → user-days, usage events →
content-days, publishing."""

import json
from pathlib import Path

import duckdb

from benchmarks.company import LAST_DAY, write_logins
from benchmarks.measure import Finding, cpu_here, in_turns, median_ratio
from orchestration import manifest
from orchestration.ingest import declarations, ingest
from orchestration.publish import STORAGE_VERSION, publish
from orchestration.published_tables import tables
from orchestration.settings import DataDir

CSV_ROWS = 3_000_000
DIRTY_ROWS = 3_000
TURNS = 5


def ingestion(workspace: Path) -> Finding:
    """Landing → raw of one CSV with some dirty rows, against read_csv of it into a table; each into a fresh file."""
    path = write_logins(workspace / "landing", LAST_DAY, CSV_ROWS, dirty=DIRTY_ROWS)
    kept = {}

    def measured(name: str, work) -> float:
        (workspace / f"{name}.duckdb").unlink(missing_ok=True)
        with duckdb.connect(str(workspace / f"{name}.duckdb")) as connection:
            seconds = cpu_here(lambda: work(connection))
            kept[name] = connection.execute("select count(*) from raw.logins").fetchone()[0]
        return seconds

    def bare(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create schema raw")
        connection.execute(f"create table raw.logins as from read_csv('{path}', store_rejects = true)")

    costs = in_turns(
        TURNS,
        ingest=lambda: measured("ingest", lambda connection: ingest(connection, workspace / "landing")),
        read_csv=lambda: measured("read_csv", bare),
    )
    assert kept["ingest"] == CSV_ROWS - DIRTY_ROWS, kept
    made_of = f"{CSV_ROWS:,} rows, {DIRTY_ROWS:,} of them dirty"
    return Finding("CSV → raw ÷ bare read_csv", median_ratio(costs["ingest"], costs["read_csv"]), 2.5, made_of)


def user_days(place: DataDir) -> Finding:
    grain = "account_id, user_id, product_id, login_date"
    return _by_day(place, "log-ins → user-days", "logins", "int_user_days", grain, "logins")


def content_days(place: DataDir) -> Finding:
    grain = "account_id, content_id, occurred_date"
    return _by_day(place, "usage events → content-days", "usage_events", "int_content_days", grain, "accesses")


def _by_day(place: DataDir, question: str, source: str, model: str, grain: str, counted: str) -> Finding:
    """The model's SQL, as dbt compiled it for a full build, against two plain group-bys of the raw rows."""
    full_sql, key = full_build_sql(place, model), ", ".join(declarations()[source].natural_key)
    two_steps = f"""
        select {grain}, cast(sum(event_count) as bigint) as {counted}
        from (
            select {key}, max_by(event_count, (_delivery, _source_file, _row_number)) as event_count
            from raw.{source} group by {key}
        ) group by {grain}"""
    with duckdb.connect(str(place.warehouse), read_only=True) as connection:
        connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")  # as in dbt's profile
        (rows,) = connection.execute(f"select count(*) from raw.{source}").fetchone()

        def cost(name: str, query: str) -> float:
            return cpu_here(lambda: connection.execute(f"create or replace temp table {name} as {query}"))

        costs = in_turns(TURNS, model=lambda: cost("model", full_sql), by_hand=lambda: cost("by_hand", two_steps))
        differing = "(from model except from by_hand) union all (from by_hand except from model)"
        assert connection.execute(f"select count(*) from ({differing})").fetchone() == (0,)
    figure = median_ratio(costs["model"], costs["by_hand"])
    return Finding(f"{question} ÷ two group-bys by hand", figure, 1.5, f"{rows:,} {source.replace('_', ' ')}")


def full_build_sql(place: DataDir, model: str) -> str:
    """What dbt ran for a model in the newest build of this data directory."""
    results = json.loads((place.target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return next(r["compiled_code"] for r in results if r["unique_id"].endswith(f".{model}"))


def publishing(place: DataDir) -> Finding:
    """publish() against `create table as` of the same tables into a fresh file of the same storage version."""
    declared = manifest.read()
    addresses = [table.address for table in tables(declared)]
    draft = place.root / "bare.duckdb"

    def bare() -> None:
        draft.unlink(missing_ok=True)
        with duckdb.connect(str(place.warehouse)) as connection:
            connection.execute(f"attach '{draft}' as out (storage_version '{STORAGE_VERSION}')")
            for address in addresses:
                connection.execute(f"create schema if not exists out.{address.split('.')[0]}")
                connection.execute(f"create table out.{address} as from warehouse.{address}")
            connection.execute("detach out")

    costs = in_turns(
        TURNS, publish=lambda: cpu_here(lambda: publish(place.root, declared)), create_table_as=lambda: cpu_here(bare)
    )
    size = place.published.stat().st_size / 1e6
    made_of = f"{len(addresses)} tables, a file of {size:.0f} MB"
    figure = median_ratio(costs["publish"], costs["create_table_as"])
    return Finding("publish ÷ bare create table as", figure, 1.5, made_of)
