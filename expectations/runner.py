"""Runs the suites of some layers on one database file and says in plain words what came of each rule."""

import importlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import great_expectations as gx

from expectations.duckdb_gx import open_context, write_docs
from expectations.report import broken_result, rule_result
from expectations.rules import EXAMPLES

# What may be shown of a broken row: where it came from, whose it is, when. Never a name, a comment or a user.
SHOWN_COLUMNS = (
    "_source_file", "_row_number", "source_file", "source_row_number", "account_id", "contract_id", "response_id",
    "product_id", "month", "cohort_month", "months_since_start", "period_end_date", "snapshot_date", "as_of_date",
    "metric_key", "component_key", "success_level", "measure", "scope_type",
)  # fmt: skip


@dataclass(frozen=True)
class Warehouse:
    """What suites may depend on: the run's date, which tables have which columns ('schema.table' -> names), and which
    views cannot be read (-> why: a table or column below them is gone)."""

    as_of: date
    columns: dict[str, set[str]]
    unreadable: dict[str, str]


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
    return Warehouse(as_of, columns, unreadable)


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
