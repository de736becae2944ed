"""dbt's documentation as one file: every column is described, nothing is loaded from elsewhere, and nothing told about
this machine."""

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

from orchestration import dbt_docs
from orchestration.column_descriptions import describe_columns
from orchestration.quality_tables import TABLES
from orchestration.settings import DataDir, Refused

SCHEMAS = {"raw", "staging", "intermediate", "marts", "reference", "quality"}


def inlined(page: str, name: str) -> dict:
    """The manifest or the catalogue as it stands in the page."""
    start = re.search(rf"[{{,]{name}:(?={{)", page)
    return json.JSONDecoder().raw_decode(page[start.end() :])[0]


def test_the_page_is_one_file_that_describes_every_column_and_names_no_folder_of_this_machine(sample_copy):
    page = dbt_docs.write(sample_copy).read_text(encoding="utf-8")
    manifest, catalog = inlined(page, "manifest"), inlined(page, "catalog")
    nodes = {**manifest["nodes"], **manifest["sources"]}
    tables = {key: table["columns"] for key, table in (catalog["nodes"] | catalog["sources"]).items()}
    assert {nodes[key]["schema"] for key in tables} == SCHEMAS
    columns = {(key, name): nodes[key]["columns"][name] for key, found in tables.items() for name in found}
    assert not [where for where, column in columns.items() if not column["description"].strip()]
    # What is described and not there: dbt itself says nothing.
    assert not [(key, name) for key in tables for name in nodes[key]["columns"] if (key, name) not in columns]
    assert nodes["model.customer_success.stg_surveys"]["columns"]["score"]["description"] == (
        "The answer, 0 to 10. (as in raw.surveys)"
    )
    assert {"dashboard_overview", "report", "exports", "digest"} <= {e["name"] for e in manifest["exposures"].values()}
    assert not [node for node in nodes.values() if node["original_file_path"].startswith("..")]
    for place in (str(ROOT), str(sample_copy.root), str(Path.home()) + "/"):
        assert place not in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']?(https?:)?//", page)


def test_a_column_is_described_by_its_own_words_else_by_the_nearest_mart_behind_or_step_before_it():
    lineage = {"raw": ["a"], "a": ["b"], "b": ["c", "mart"], "c": ["d"], "d": [], "mart": []}
    texts = {"raw": "as delivered", "a": "before", "b": "", "c": "", "d": "behind", "mart": "published"}
    schemas = {"raw": "raw", "mart": "marts"}
    nodes = {
        key: {
            "name": key,
            "resource_type": "source" if key == "raw" else "model",
            "schema": schemas.get(key, "intermediate"),
            "columns": {"x": {"description": text}},
        }
        for key, text in texts.items()
    }
    for key in ("b", "c"):
        nodes[key]["columns"] |= {"y": {"description": ""}}
    nodes["raw"]["columns"] |= {"y": {"description": "only delivered"}}
    nodes["d"]["columns"] |= {"y": {"description": "of a step behind"}}
    manifest = {
        "nodes": {key: node for key, node in nodes.items() if key != "raw"},
        "sources": {"raw": nodes["raw"]},
        "child_map": lineage,
        "parent_map": {key: [other for other, children in lineage.items() if key in children] for key in lineage},
    }
    found = {key: {"columns": list(node["columns"])} for key, node in nodes.items()}
    describe_columns(manifest, {"nodes": found, "sources": {}})
    said = {(key, name): text["description"] for key in nodes for name, text in nodes[key]["columns"].items()}
    assert said["a", "x"] == "before"
    assert said["b", "x"] == "published (as in marts.mart)"
    assert said["c", "x"] == "before (as in intermediate.a)"
    # What a step behind makes of it is not said of it, and what has no `y` is no way to where it was delivered.
    assert said["b", "y"] == said["c", "y"] == ""


def test_without_a_published_day_it_says_what_to_do(tmp_path):
    with pytest.raises(Refused, match="csw run"):
        dbt_docs.write(DataDir(tmp_path))


def test_dbt_and_the_published_file_say_the_same_of_the_quality_tables():
    from orchestration.manifest import read

    told = {s["name"]: s["description"] for s in read()["sources"].values() if s["schema"] == "quality"}
    assert told == {name: description for name, (description, _) in TABLES.items()}
