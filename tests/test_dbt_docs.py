"""dbt's documentation as one file: everything readers are promised is described, nothing is loaded from elsewhere, and
nothing told about this machine."""

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

from orchestration import dbt_docs
from orchestration.quality_tables import TABLES
from orchestration.settings import DataDir, Refused

PROMISED = ("raw", "staging", "marts", "reference", "quality")


def inlined(page: str, name: str) -> dict:
    """The manifest or the catalogue as it stands in the page."""
    start = re.search(rf"[{{,]{name}:(?={{)", page)
    return json.JSONDecoder().raw_decode(page[start.end() :])[0]


def test_the_page_is_one_file_that_describes_every_column_and_names_no_folder_of_this_machine(sample_copy):
    page = dbt_docs.write(sample_copy).read_text(encoding="utf-8")
    manifest, catalog = inlined(page, "manifest"), inlined(page, "catalog")
    nodes = {**manifest["nodes"], **manifest["sources"]}
    tables = {key: table["columns"] for key, table in (catalog["nodes"] | catalog["sources"]).items()}
    schemas = {nodes[key]["schema"] for key in tables}
    assert {*PROMISED, "intermediate"} == schemas
    silent = [
        (nodes[key]["schema"], nodes[key]["name"], column)
        for key, columns in tables.items()
        for column in columns
        if not nodes[key]["columns"][column]["description"]
    ]
    assert not [column for column in silent if column[0] in PROMISED]
    assert len(silent) < sum(map(len, tables.values())) / 4
    assert nodes["model.customer_success.stg_surveys"]["columns"]["score"]["description"] == (
        "The answer, 0 to 10. (as in raw.surveys)"
    )
    assert {"dashboard_overview", "report", "exports", "digest"} <= {e["name"] for e in manifest["exposures"].values()}
    assert not [node for node in nodes.values() if node["original_file_path"].startswith("..")]
    for place in (str(ROOT), str(sample_copy.root), str(Path.home()) + "/"):
        assert place not in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']?(https?:)?//", page)


def test_without_a_published_day_it_says_what_to_do(tmp_path):
    with pytest.raises(Refused, match="csw run"):
        dbt_docs.write(DataDir(tmp_path))


def test_dbt_and_the_published_file_say_the_same_of_the_quality_tables():
    from orchestration.manifest import read

    told = {s["name"]: s["description"] for s in read()["sources"].values() if s["schema"] == "quality"}
    assert told == {name: description for name, (description, _) in TABLES.items()}
