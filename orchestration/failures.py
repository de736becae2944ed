"""A failed check in plain words: which check, which table, how many rows, with examples. Used for expectations and for
dbt's tests alike; the sentence goes to the screen, to quality.run and to Dagster."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.quality import as_text

EXAMPLES_FOLLOW = " For example: "


def is_blocking_failure(result: Mapping[str, Any]) -> bool:
    return result["severity"] == "blocking" and result["status"] in ("failed", "broken")


def describe_checks(results: Sequence[Mapping[str, Any]]) -> str:
    """One line per check."""
    return "\n".join(describe_check(result) for result in results)


def describe_check(result: Mapping[str, Any]) -> str:
    address = f"{result['layer']}.{result['table_name']}"
    message = (result.get("message") or "").removeprefix(f"{address}: ")
    if result["status"] == "broken":
        return f"{result['check_name']} on {address}: the rule itself could not run. {message}".strip()
    rows = result.get("failing_rows")
    counted = f"{rows:,} row{'s' if rows != 1 else ''}." if rows else "" if message else "does not hold."
    examples = f"{EXAMPLES_FOLLOW}{as_text(result['examples'])}" if result.get("examples") else ""
    return f"{result['check_name']} on {address}: {counted} {message}".replace("  ", " ").rstrip() + examples
