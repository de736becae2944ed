"""One result row per rule: what was found, in a sentence that needs no engineer, with a few example rows."""

import json

from expectations.names import UNDELIVERED
from expectations.rules import BLOCKING, EXAMPLES

# A value this long, or with an @, may be about a person: it is not shown.
LONGEST_EXAMPLE = 80


def rule_result(layer: str, table: str, validation) -> dict:
    """validation: Great Expectations' result of one rule."""
    meta = validation.expectation_config.meta
    error = raised(validation.exception_info)
    if error:
        return broken_result(layer, table, meta, error)
    found = validation.result
    observed, failing_rows = observation(found, meta["unit"])
    rows = example_rows(found)
    status = "passed" if validation.success else "failed" if meta["severity"] == BLOCKING else "warned"
    if status == "passed":
        message = f"{layer}.{table}: {meta['says']} Found: {observed}."
    else:
        message = failure_message(f"{layer}.{table}", meta, observed, failing_rows, rows)
    examples = [] if validation.success else [shown(row) for row in rows]
    return row_of(layer, table, meta, status, observed, failing_rows, message, examples)


def broken_result(layer: str, table: str, meta: dict, error: str) -> dict:
    message = (
        f'{layer}.{table}: the rule "{meta["says"]}" is broken: it could not be evaluated, so it says nothing about '
        f"the data ({error}). Mend the rule or the table that it reads, then run again."
    )
    return row_of(layer, table, meta, "broken", None, None, message, [])


def undelivered_result(layer: str, table: str, meta: dict) -> dict:
    message = f"{layer}.{table}: {meta['says']} Nothing of this optional source was ever delivered: nothing to judge."
    return row_of(layer, table, meta, UNDELIVERED, None, None, message, [])


def row_of(layer, table, meta, status, observed, failing_rows, message, examples) -> dict:
    return {
        "layer": layer,
        "table_name": table,
        "check_name": meta["name"],
        "severity": meta["severity"],
        "status": status,
        "observed": observed,
        "failing_rows": failing_rows,
        "message": message,
        "examples": examples,
    }


def raised(exception_info) -> str | None:
    """The first line of the error behind a rule, if there was one. The dict is flat, or keyed by metric."""
    infos = [exception_info, *(info for info in exception_info.values() if isinstance(info, dict))]
    for info in infos:
        if info.get("raised_exception"):
            lines = str(info.get("exception_message") or "no message").strip().splitlines()
            return lines[0][:300].rstrip(".")
    return None


def observation(found: dict, unit: str) -> tuple[str, int | None]:
    """(what was seen, in words; number of broken rows or None where the rule does not count rows)."""
    if "unexpected_count" in found:
        broken = found["unexpected_count"] or 0
        return f"{broken} of {found['element_count']} rows", broken
    details = found.get("details") or {}
    return spoken(found.get("observed_value"), unit), details.get("failing_rows")


def spoken(value, unit: str) -> str:
    if value is None:
        return "nothing to judge"
    if unit == "share":
        return f"{float(value) * 100:.1f} %"
    number = float(value)
    word = unit.removesuffix("s") if number == 1 else unit
    return f"{int(number) if number.is_integer() else round(number, 4)} {word}"


def example_rows(found: dict) -> list[dict]:
    rows = (found.get("details") or {}).get("rows") or found.get("partial_unexpected_index_list") or []
    return [dict(row) for row in rows[:EXAMPLES]]


def failure_message(address: str, meta: dict, observed: str, failing_rows: int | None, rows: list[dict]) -> str:
    """Names the table and the rule, says how many rows, and what to do. `sentence` is what ingestion said itself."""
    count = f", {spoken(failing_rows, 'rows')}" if failing_rows is not None and "row" not in observed else ""
    said = " ".join(dict.fromkeys(row["sentence"] for row in rows if row.get("sentence")))
    return f"{address}: {meta['says']} Not so: found {observed}{count}. {said + ' ' if said else ''}{meta['do']}"


def shown(row: dict) -> dict:
    plain = json.loads(json.dumps({key: value for key, value in row.items() if key != "sentence"}, default=str))
    return {key: "(not shown)" if may_be_personal(value) else value for key, value in plain.items()}


def may_be_personal(value) -> bool:
    return isinstance(value, str) and ("@" in value or len(value) > LONGEST_EXAMPLE)
