"""What dbt says about a build (run_results.json) as rows of quality.check_result and as sentences."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from orchestration import quality
from orchestration.failures import describe_check, is_blocking_failure
from orchestration.settings import DataDir

EXAMPLES = 3
STATUS = {"pass": "passed", "warn": "warned", "fail": "failed", "error": "broken"}


def run_results(data_dir: DataDir) -> list[dict]:
    """What dbt says about each node; nothing when it stopped before it began."""
    path = data_dir.target / "run_results.json"
    return json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []


def test_results(connection: quality.Connection, results: list[dict], declared: Mapping[str, Any]) -> Iterator[dict]:
    """dbt's test results as rows of quality.check_result, with rows that break a test as its examples."""
    for result in results:
        node = declared["nodes"].get(result["unique_id"])
        if node is None or node["resource_type"] != "test" or result["status"] not in STATUS:
            continue
        status = STATUS[result["status"]]
        yield {
            **tested_table(node, declared),
            "check_name": node["name"],
            "severity": "blocking" if node["config"]["severity"].lower() == "error" else "warning",
            "status": status,
            "observed": None if result["failures"] is None else f"{result['failures']} rows",
            "failing_rows": result["failures"],
            "message": result["message"] if status == "broken" else node["description"] or None,
            "examples": examples(connection, result) if status in ("failed", "warned") else None,
        }


def examples(connection: quality.Connection, result: Mapping[str, Any]) -> list[dict]:
    """The first rows that a test complains about."""
    cursor = connection.execute(f"select * from ({result['compiled_code']}) limit {EXAMPLES}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tested_table(node: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, str]:
    """The table a test is about: the one it is attached to, else the last it reads."""
    about = node.get("attached_node") or (node["depends_on"]["nodes"] or [None])[-1]
    table = declared["nodes"].get(about) or declared["sources"].get(about) or {"schema": "marts", "name": node["name"]}
    return {"layer": table["schema"], "table_name": table["name"]}


def failure(results: list[dict], tests: list[dict], declared: Mapping[str, Any]) -> str | None:
    """What went wrong, in words: models that could not be built, and blocking tests that do not hold."""
    lines = []
    for result in results:
        node = declared["nodes"].get(result["unique_id"], {})
        if result["status"] == "error" and node.get("resource_type") != "test":
            lines.append(f"{node['schema']}.{node['name']} could not be built: {(result['message'] or '').strip()}")
    lines += [describe_check(test) for test in tests if is_blocking_failure(test)]
    return "\n".join(lines) or None
