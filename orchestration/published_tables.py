"""What readers get: the marts and the seeds that dbt's manifest names, and the quality tables, all with descriptions.
Nothing personal: what a table of `quality` may show of a raw row is left out here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.failures import EXAMPLES_FOLLOW
from orchestration.quality_tables import TABLES

# A description may end with the place in our own specification that asks for it, (E1): readers do not have that.
CODES = r" \([RSHLEAT]\d+(?:, [RSHLEAT]\d+)*\)"
EMAIL = r"[^\s@,;<>\"]+@[^\s@,;<>\"]+"

# Columns of quality tables that are not copied as they are: examples may show a raw row (those of marts cannot), and
# texts may quote an address.
SHOWN = {
    ("check_result", "examples"): "case when layer = 'marts' then examples end",
    ("check_result", "message"): f"regexp_replace(message, '{EMAIL}', '…@…', 'g')",
    ("run", "error"): f"regexp_replace(regexp_replace(error, '{EXAMPLES_FOLLOW}.*', '', 'g'), '{EMAIL}', '…@…', 'g')",
    ("loaded_file", "error"): f"regexp_replace(error, '{EMAIL}', '…@…', 'g')",
    ("quarantine", "reason"): f"regexp_replace(reason, '{EMAIL}', '…@…', 'g')",
}


@dataclass(frozen=True)
class Table:
    """A table to publish: its address, the query that fills it, its description, and those of its columns."""

    schema: str
    name: str
    query: str
    description: str
    columns: Mapping[str, str]

    @property
    def address(self) -> str:
        return f'"{self.schema}"."{self.name}"'


def tables(declared: Mapping[str, Any]) -> Iterator[Table]:
    for node in sorted(declared["nodes"].values(), key=lambda node: node["unique_id"]):
        is_mart = node["resource_type"] == "model" and node["schema"] == "marts"
        if is_mart or node["resource_type"] == "seed":
            columns = {name: plain(column["description"]) for name, column in node["columns"].items()}
            query = f'select * from warehouse."{node["schema"]}"."{node["name"]}"'
            yield Table(node["schema"], node["name"], query, plain(node["description"]), columns)
    for name, (description, columns) in TABLES.items():
        descriptions = {column: text for column, (_, text) in columns.items()}
        yield Table("quality", name, shown(f"warehouse.quality.{name}"), description, descriptions)


def shown(address: str) -> str:
    """The query of a table of `quality` (quality.run, warehouse.quality.run) as everybody may see it."""
    name = address.rsplit(".", 1)[1]
    chosen = ", ".join(f"{SHOWN.get((name, column), column)} as {column}" for column in TABLES[name][1])
    return f"select {chosen} from {address}"


def plain(description: str) -> str:
    """A description as a comment shows it: on one line, without our own codes."""
    return re.sub(CODES, "", " ".join(description.split()))
