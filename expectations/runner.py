"""Runs the suites of some layers on one database file and says in plain words what came of each rule."""

import importlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import great_expectations as gx

from expectations.duckdb_gx import open_context, write_docs
from expectations.report import broken_result, rule_result, undelivered_result
from expectations.rules import EXAMPLES
from expectations.sources import declared

# What may be shown of a broken row: where it came from, whose it is, when. Never a name, a comment or a user.
SHOWN_COLUMNS = (
    "_source_file", "_row_number", "source_file", "source_row_number", "account_id", "contract_id", "response_id",
    "product_id", "month", "cohort_month", "months_since_start", "period_end_date", "snapshot_date", "as_of_date",
    "metric_key", "component_key", "success_level", "measure", "scope_type",
)  # fmt: skip


@dataclass(frozen=True)
class Warehouse:
    """What suites may depend on: the run's date, which tables have which columns ('schema.table' -> names), which views
    cannot be read (-> why: a table or column below them is gone), and the tables of sources that nobody delivers."""

    as_of: date
    columns: dict[str, set[str]]
    unreadable: dict[str, str]
    undelivered: set[str]


def look_at(database: Path, as_of: date) -> Warehouse:
    columns: dict[str, set[str]] = {}
    unreadable = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute("select schema_name || '.' || table_name, column_name from duckdb_columns()")
        for table, column in found.fetchall():
            columns.setdefault(table, set()).add(column)
        views = connection.execute("select schema_name || '.' || view_name from duckdb_views() where not internal")
        for (view,) in views.fetchall():
            try:
                connection.execute(f"select * from {view} limit 0")
            except duckdb.Error as error:
                unreadable[view] = str(error).splitlines()[0].rstrip(".")
        readable = columns.keys() - unreadable.keys()
        undelivered = set(find_undelivered(connection, readable)) if "raw.loaded_files" in readable else set()
    return Warehouse(as_of, columns, unreadable, undelivered)


def find_undelivered(connection: duckdb.DuckDBPyConnection, readable: Set[str]) -> Iterator[str]:
    """The raw and staging tables of optional sources of which no file was ever seen and no row is there. A rule costs
    more to ask than its rows do, and most companies deliver few of the optional sources."""
    seen = {source for (source,) in connection.execute("select distinct source from raw.loaded_files").fetchall()}
    for source in declared():
        tables = {f"raw.{source.name}", f"staging.stg_{source.name}"} & readable
        if source.is_required or source.name in seen:
            continue
        if not any(connection.execute(f"select 1 from {table} limit 1").fetchone() for table in tables):
            yield from tables


def check(layers: list[str], database: Path, as_of: date, docs: Path | None = None) -> list[dict]:
    """One result row per rule of these layers, in the order in which the rules are written."""
    warehouse = look_at(database, as_of)
    context, data_source = open_context(database)
    results = []
    for layer in layers:
        suites = importlib.import_module(f"expectations.{layer}").suites(warehouse)
        for table, rules in suites.items():
            results += check_table(context, data_source, warehouse, layer, table, rules)
    if docs:
        # A folder per gate: the pages of one process know nothing of another's.
        write_docs(context, docs / f"checks-{'-'.join(layers)}")
    return results


def check_table(context, data_source, warehouse: Warehouse, layer: str, table: str, rules: list) -> list[dict]:
    address = f"{layer}.{table}"
    if address in warehouse.unreadable or address not in warehouse.columns:
        error = warehouse.unreadable.get(address, f"the table {address} does not exist")
        return [broken_result(layer, table, rule.meta, error) for rule in rules]
    if address in warehouse.undelivered:
        return [undelivered_result(layer, table, rule.meta) for rule in rules]
    asset = data_source.add_table_asset(address, table_name=table, schema_name=layer)
    batch = asset.add_batch_definition_whole_table("all rows")
    suite = context.suites.add(gx.ExpectationSuite(name=address, expectations=rules))
    definition = gx.ValidationDefinition(name=address, data=batch, suite=suite)
    validation = context.validation_definitions.add(definition).run(
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": EXAMPLES,
            "unexpected_index_column_names": [c for c in SHOWN_COLUMNS if c in warehouse.columns[address]],
        }
    )
    found = {result.expectation_config.meta["name"]: result for result in validation.results}
    return [rule_result(layer, table, found[rule.meta["name"]]) for rule in rules]
