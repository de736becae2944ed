"""What dbt's documentation says of each column, so that every one is described and little is written twice: its own
description, wherever it is declared; else what a seed says of the name; else that of a relative along the lineage,
which is named. Where a relative's words would be wrong, the model's YAML has its own."""

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from orchestration.kpis import catalog as kpi_catalog
from orchestration.quality_tables import TABLES
from orchestration.raw_tables import LINEAGE
from orchestration.settings import POLICIES
from orchestration.sources import declarations

RELATIONS = ("model", "seed", "source")
IN_STAGING = {"source_file": "_source_file", "source_row_number": "_row_number"}
OF_POLICIES = ("int_policies", "int_policy_sets")
Descriptions = dict[str, str]  # column → description


def describe_columns(manifest: dict[str, Any], catalog: Mapping[str, Any]) -> None:
    """Describe the columns that the catalogue found. What is not said of the table itself names where it is from."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    found = {key: set(table["columns"]) for part in ("nodes", "sources") for key, table in catalog[part].items()}
    known = {key: declared_descriptions(nodes[key]) for key in found if nodes[key]["resource_type"] in RELATIONS}
    for key, own in known.items():
        for name in found[key]:
            text = own.get(name)
            if not text and (near := relative(key, name, manifest, found, known)):
                text = f"{known[near][name]} (as in {nodes[near]['schema']}.{nodes[near]['name']})"
            column = nodes[key]["columns"].setdefault(name, {"name": name, "meta": {}, "tags": [], "constraints": []})
            column["description"] = text or ""


def declared_descriptions(node: Mapping[str, Any]) -> Descriptions:
    """What the project says about a table's columns, wherever it says so: beside the model, in the declaration of a
    landing source, in the tables of `quality`, or in a seed whose rows are columns here."""
    texts = {name: column["description"].strip() for name, column in node["columns"].items()}
    texts = {name: text for name, text in texts.items() if text}
    landed = {name: text for name, (_, text) in LINEAGE.items()}
    if node["schema"] == "raw" and (source := declarations().get(node["name"])):
        texts |= {column.name: column.description for column in source.columns.values()} | landed
    if node["schema"] == "quality":
        texts |= {name: text for name, (_, text) in TABLES[node["name"]][1].items()}
    if node["schema"] == "staging":
        texts |= {name: landed[origin] for name, origin in IN_STAGING.items()}
    if node["schema"] == "intermediate":
        texts = kpi_columns() | (policy_columns() if node["name"] in OF_POLICIES else {}) | texts
    return {name: text for name, text in texts.items() if text}


@cache
def kpi_columns() -> Descriptions:
    """The three columns that an indicator is made of, by the catalogue of indicators."""
    texts = {}
    for row in kpi_catalog():
        key = row["kpi_key"]
        texts[f"{key}_numerator"] = f"Numerator of {key} ({row['formula_en']}); NULL with {key}_null_reason."
        texts[f"{key}_denominator"] = "What its numerator is divided by, 1 for a plain figure; NULL likewise."
        texts[f"{key}_null_reason"] = f"Why {key} is not known; NULL where it is."
    return texts


@cache
def policy_columns() -> Descriptions:
    """The policies, by the seed: each with its unit and why it has its default."""
    with POLICIES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["policy_set"] == "default"]
    return {row["policy_key"]: f"Policy, {row['unit']}. Its default: {row['reason']}." for row in rows}


def relative(
    key: str, name: str, manifest: Mapping[str, Any], found: Mapping[str, set[str]], known: Mapping[str, Descriptions]
) -> str | None:
    """The table whose words stand in. Of a step between: the nearest mart behind it or step before it, of two as near
    the mart, where people read it; a step behind has words of its own use. A source or a seed comes last: on the way a
    column rarely stays what was delivered."""
    nodes = manifest["nodes"] | manifest["sources"]
    ways = []
    if nodes[key]["schema"] == "intermediate":
        for lineage, schema in (("child_map", "marts"), ("parent_map", "intermediate")):
            told = {other: texts for other, texts in known.items() if nodes[other]["schema"] == schema}
            ways.append(nearest(key, name, manifest[lineage], found, told))
        ways.sort(key=lambda way: way[0])
    ways.append(nearest(key, name, manifest["parent_map"], found, known))
    return next((near for _, near in ways if near), None)


def nearest(
    key: str,
    name: str,
    lineage: Mapping[str, Iterable[str]],
    found: Mapping[str, set[str]],
    known: Mapping[str, Descriptions],
) -> tuple[float, str | None]:
    """How far it is along the lineage to the nearest table that describes the column, and that table; reached only
    through tables that have the column too."""
    seen, near, steps = {key}, [key], 0
    while near:
        steps += 1
        near = [other for one in near for other in lineage[one] if name in found.get(other, ()) and other not in seen]
        seen.update(near)
        for other in near:
            if name in known.get(other, ()):
                return steps, other
    return math.inf, None
