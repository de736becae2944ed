"""The models' own SQL on rows that a test makes up: dbt compiles the models once, DuckDB runs them in memory, in the
order of dbt's manifest. What has to be built is read off the queries of the test, so a new model comes in by itself."""

import datetime
import json
import re
import runpy
import subprocess
import types
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow

from orchestration import raw_tables, sources
from orchestration.manifest import DBT
from orchestration.settings import DBT_PROJECT, ROOT, DataDir, child_environment

COMPILED_AS_OF = datetime.date(1901, 1, 1)  # stands where a run puts its own date


class ModelChain:
    """Every model that `queries` read and every model those are made of, from staging on. `raw` rows in, tables out."""

    def __init__(self, folder: Path, queries: Iterable[str]):
        tables = sorted(set(re.findall(r"\b(?:marts|intermediate)\.(\w+)", "\n".join(queries))))
        compiled = compile_models(DataDir(folder), tables)
        self.nodes, self.parents = compiled["nodes"], compiled["parent_map"]
        self.order: list[dict] = []
        for table in tables:
            self._add(f"model.customer_success.{table}")
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'; set TimeZone = 'UTC'")
        # The name dbt knows the file by stands in the compiled SQL.
        self.connection.execute("attach ':memory:' as warehouse; use warehouse")
        raw_tables.prepare(self.connection, sources.declarations())
        for schema in ("reference", "staging", "intermediate", "marts"):
            self.connection.execute(f"create schema {schema}")
        for node in self.order:
            if node["resource_type"] == "seed":
                self._load_seed(node)
            elif not self._depends_on_rows(node):
                self._build(node, COMPILED_AS_OF)
        self.tests = [node["compiled_code"] for node in self.nodes.values() if self._is_test_of_these(node)]

    def run(
        self,
        rows: Mapping[str, list[dict]],
        as_of: datetime.date,
        policies: Mapping[str, object] | None = None,
    ) -> None:
        """Replace the rows of raw tables and build everything anew as of a date. `policies` go into the default set."""
        for table, delivered in rows.items():
            self.connection.execute(f"delete from raw.{table}")
            if delivered:
                self.connection.register("delivered", pyarrow.Table.from_pylist(delivered))
                self.connection.execute(f"insert into raw.{table} by name from delivered")
        for key, value in (policies or {}).items():
            self.connection.execute(
                """update reference.revenue_policies set policy_value = ?
                   where policy_set = 'default' and policy_key = ?""",
                [None if value is None else str(value), key],
            )
        for node in self.order:
            if node["resource_type"] == "model" and self._depends_on_rows(node):
                self._build(node, as_of)

    def rebuild(self, *names: str) -> None:
        """Build these models again, on whatever stands in the tables they read."""
        for node in self.order:
            if node["name"] in names:
                self._build(node, COMPILED_AS_OF)

    def query(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def broken_tests(self) -> list[str]:
        """The data tests that stand beside these models and that find a row."""
        return [sql for sql in self.tests if self.query(f"select 1 from ({sql}) limit 1")]

    def _add(self, unique_id: str) -> None:
        if unique_id in self.nodes and self.nodes[unique_id] not in self.order:
            for parent in self.parents[unique_id]:
                self._add(parent)
            self.order.append(self.nodes[unique_id])

    def _depends_on_rows(self, node: dict) -> bool:
        return bool(self.parents[node["unique_id"]])

    def _is_test_of_these(self, node: dict) -> bool:
        built = {one["unique_id"] for one in self.order}
        return node["resource_type"] == "test" and set(self.parents[node["unique_id"]]) <= built

    def _build(self, node: dict, as_of: datetime.date) -> None:
        if node["language"] == "python":
            self._run_python(node)
            return
        sql = node["compiled_code"].replace(COMPILED_AS_OF.isoformat(), as_of.isoformat())
        self.connection.execute(f"create or replace table {node['schema']}.{node['name']} as {sql}")

    def _run_python(self, node: dict) -> None:
        """A Python model is a function of what dbt hands it: relations by the names it asks for."""
        module = runpy.run_path(str(ROOT / node["original_file_path"].removeprefix("../")))
        found = {one["name"]: f"{one['schema']}.{one['name']}" for one in self.order}
        this = types.SimpleNamespace(schema=node["schema"], identifier=node["name"])
        dbt = types.SimpleNamespace(ref=lambda name: self.connection.table(found[name]), this=this)
        self.connection.register("rows", module["model"](dbt, self.connection))
        self.connection.execute(f"create or replace table {node['schema']}.{node['name']} as from rows")
        self.connection.unregister("rows")

    def _load_seed(self, node: dict) -> None:
        types, path = node["config"]["column_types"], ROOT / node["original_file_path"].removeprefix("../")
        self.connection.execute(
            f"create table reference.{node['name']} as from read_csv(?, types = {types}, header = true)", [str(path)]
        )


def landed(warehouse: Path, *tables: str) -> dict[str, list[dict]]:
    """The rows of these raw tables, as `run` takes them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {table: connection.execute(f"from raw.{table}").to_arrow_table().to_pylist() for table in tables}


def compile_models(data_dir: DataDir, tables: list[str]) -> dict:
    """dbt's manifest with the compiled SQL of these models, of what they are made of, and of their tests."""
    result = subprocess.run(
        [DBT, "--quiet", "compile", "--select", *(f"+{table}" for table in tables)],
        cwd=DBT_PROJECT,
        env=child_environment(data_dir, COMPILED_AS_OF, {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads((data_dir.target / "manifest.json").read_text(encoding="utf-8"))
