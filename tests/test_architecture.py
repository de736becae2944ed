"""The rules the repo keeps for itself, read off dbt's manifest and the files."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse

from orchestration.settings import MANIFEST

ROOT = Path(__file__).resolve().parents[1]
MAY_READ = {
    "staging": {"raw", "quality"},
    "intermediate": {"reference", "staging", "intermediate"},
    "marts": {"reference", "staging", "intermediate", "marts"},
}


@pytest.fixture(scope="session")
def nodes() -> dict[str, dict]:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return {**manifest["nodes"], **manifest["sources"]}


@pytest.fixture(scope="session")
def models(nodes: dict[str, dict]) -> list[dict]:
    return [node for node in nodes.values() if node["resource_type"] == "model"]


def test_a_model_reads_only_the_layers_to_its_left(nodes: dict[str, dict], models: list[dict]) -> None:
    wrong = [
        (model["name"], nodes[parent]["name"])
        for model in models
        for parent in model["depends_on"]["nodes"]
        if nodes[parent]["schema"] not in MAY_READ[model["schema"]]
    ]
    assert not wrong


def test_every_model_says_what_one_row_is(models: list[dict]) -> None:
    assert not [model["name"] for model in models if not model["description"].startswith("One row")]


def test_every_mart_has_a_contract_and_every_column_a_description_and_a_type(models: list[dict]) -> None:
    marts = [model for model in models if model["schema"] == "marts"]
    assert all(mart["config"]["contract"]["enforced"] for mart in marts)
    assert not [
        (mart["name"], column["name"])
        for mart in marts
        for column in mart["columns"].values()
        if not column["description"] or not column["data_type"]
    ]


def test_every_seed_and_its_columns_are_described(nodes: dict[str, dict]) -> None:
    for seed in (node for node in nodes.values() if node["resource_type"] == "seed"):
        header = (ROOT / "seeds" / f"{seed['name']}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert seed["description"]
        assert {name for name, column in seed["columns"].items() if column["description"]} == set(header)


def test_only_the_spine_model_knows_the_runs_date(models: list[dict]) -> None:
    assert [
        model["name"] for model in models if "as_of_date()" in model["raw_code"].replace("delete_as_of_dates()", "")
    ] == ["int_as_of_spine"]


def test_sql_never_reads_the_wall_clock_and_keeps_to_the_shared_dialect(models: list[dict]) -> None:
    never = (
        "current_date",
        "current_timestamp",
        "now()",
        "generate_series",
        "unnest(",
        " exclude",
        "arg_max",
        "quantile_cont",
        "strftime",
        "epoch(",
        "//",
        "count_if",  # where every condition is NULL, and over no rows, DuckDB says NULL and Spark 0
    )
    assert not [(model["name"], word) for model in models for word in never if word in model["raw_code"].lower()]


def test_expectations_never_import_orchestration() -> None:
    imported = {
        name.name if isinstance(node, ast.Import) else node.module or ""
        for path in (ROOT / "expectations").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not [name for name in imported if name.split(".")[0] == "orchestration"]


def test_no_join_on_equal_keys_is_a_nested_loop(sample_warehouse: Warehouse) -> None:
    """DuckDB compares every row with every row where the condition of an outer join names one side alone, or says
    `or` across both: minutes at 10,000 customers. Such a condition belongs into the key, or into a step before."""
    compiled = json.loads((sample_warehouse.data_dir.target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    models = [node for node in compiled.values() if node["resource_type"] == "model" and node["language"] == "sql"]
    slow = []
    with duckdb.connect(str(sample_warehouse.data_dir.warehouse), read_only=True) as connection:
        for model in models:
            [(_, plan)] = connection.execute(f"explain (format json) {model['compiled_code']}").fetchall()
            slow += [(model["name"], condition) for condition in nested_loops(json.loads(plan))]
    assert slow  # joins on bands alone are such loops: plans still tell
    assert not [(name, condition) for name, condition in slow if COLUMNS_EQUAL.search(condition)]


COLUMNS_EQUAL = re.compile(r"\([a-z_]\w* (=|IS NOT DISTINCT FROM) [a-z_]\w*\)")


def nested_loops(plan: list[dict]) -> Iterator[str]:
    """Conditions of the joins that a plan works out by comparing every row of one side with every row of the other."""
    for step in plan:
        if step["name"] == "BLOCKWISE_NL_JOIN":
            yield step["extra_info"]["Condition"]
        yield from nested_loops(step["children"])
