"""Gate one: what the raw tables must look like before anything is built on them, derived from the declarations."""

import great_expectations.expectations as gxe

from expectations.raw_files import file_rules
from expectations.raw_values import contract_rules, day_rules, login_rules
from expectations.raw_volumes import volume_rules
from expectations.rules import built_in
from expectations.sources import Source, declared


def suites(warehouse) -> dict[str, list]:
    """table -> rules, one table per declared source."""
    only_here = {"contracts": contract_rules, "logins": login_rules}
    return {
        source.name: [
            *presence_rules(source),
            *file_rules(source),
            *volume_rules(source, warehouse.as_of, "quality.check_result" in warehouse.columns),
            *range_rules(source),
            *day_rules(source, warehouse.as_of),
            *only_here.get(source.name, lambda: [])(),
        ]
        for source in declared()
    }


def presence_rules(source: Source) -> list:
    """Required tables have rows, required columns have values."""
    rules = [
        built_in(
            gxe.ExpectColumnValuesToNotBeNull,
            f"{column}_is_there",
            f"{column} is filled in every row of {source.name}.",
            "Ingestion should have put such rows into quarantine: report it with the file named in the examples.",
            column=column,
        )
        for column, declaration in source.columns.items()
        if declaration.get("required")
    ]
    if not source.is_required:
        return rules
    has_rows = built_in(
        gxe.ExpectTableRowCountToBeBetween,
        "has_rows",
        f"There is at least one row of {source.name}.",
        f"Nothing can be built without it: put the {source.name} export into landing/{source.name}/.",
        min_value=1,
    )
    return [has_rows, *rules]


def range_rules(source: Source) -> list:
    """Numbers lie within what the declaration allows (amounts from 0, scores from 0 to 10)."""
    return [
        built_in(
            gxe.ExpectColumnValuesToBeBetween,
            f"{column}_is_in_range",
            f"Every {column} lies within what {source.name}.yml declares ({spoken_range(declaration)}).",
            "Correct these rows in the export; until then they would count as they are.",
            why="2026-11-22: the declaration's own range; ingestion keeps out what breaks it, this proves that it did.",
            column=column,
            min_value=declaration.get("minimum"),
            max_value=declaration.get("maximum"),
        )
        for column, declaration in source.columns.items()
        if "minimum" in declaration or "maximum" in declaration
    ]


def spoken_range(declaration: dict) -> str:
    bounds = {"from": declaration.get("minimum"), "to": declaration.get("maximum")}
    return " ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
