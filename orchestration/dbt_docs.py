"""dbt's documentation as one file that opens without a network: `make docs` writes data/docs/dbt.html. Here stands what
dbt's own page lacks: descriptions of columns that are declared elsewhere, and silence about this machine's folders."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestration import lock
from orchestration.manifest import DBT
from orchestration.quality_tables import TABLES
from orchestration.raw_tables import LINEAGE
from orchestration.settings import DBT_PROJECT, DataDir, Refused, child_environment, default_data_dir
from orchestration.sources import declarations
from orchestration.tidying import published_day

MARKERS = {"manifest.json": '"MANIFEST.JSON INLINE DATA"', "catalog.json": '"CATALOG.JSON INLINE DATA"'}
RELATIONS = ("model", "seed", "source")
PLACES = ("root_path", "compiled_path", "build_path")  # folders of this machine; the page shows none of them
IN_STAGING = {"source_file": "_source_file", "source_row_number": "_row_number"}
Descriptions = dict[str, str]  # column → description


def write(data_dir: DataDir) -> Path:
    """Write the page and return its path. Raises Refused before the first run and while one is going on."""
    as_of = published_day(data_dir)
    if as_of is None or not data_dir.warehouse.exists():
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.")
    with lock.hold(data_dir):
        command = [DBT, "--quiet", "docs", "generate"]
        environment = child_environment(data_dir, as_of, {})
        done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"dbt cannot write its documentation:\n{(done.stdout + done.stderr).strip()}")
        manifest, catalog = (json.loads((data_dir.target / name).read_text(encoding="utf-8")) for name in MARKERS)
        page = (data_dir.target / "index.html").read_text(encoding="utf-8")
    describe_columns(manifest, catalog)
    forget_places(manifest)
    for marker, content in zip(MARKERS.values(), (manifest, catalog), strict=True):
        if marker not in page:
            raise Refused(f"dbt's page has no place for {marker} any more; see orchestration/dbt_docs.py.")
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        page = page.replace(marker, text.replace("</", "<\\/"))
    data_dir.docs.mkdir(parents=True, exist_ok=True)
    path = data_dir.docs / "dbt.html"
    path.write_text(page, encoding="utf-8")
    return path


def describe_columns(manifest: dict[str, Any], catalog: Mapping[str, Any]) -> None:
    """Describe the columns that the catalogue found: as declared, else as the nearest mart behind them that has a
    column of this name, else the nearest source or seed before them (one name, one quantity), which is named."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    found = {key: set(table["columns"]) for part in ("nodes", "sources") for key, table in catalog[part].items()}
    known = {key: declared_descriptions(nodes[key]) for key in found if nodes[key]["resource_type"] in RELATIONS}
    for key, own in known.items():
        for name in found[key]:
            text = own.get(name)
            for direction in ("child_map", "parent_map") if nodes[key]["schema"] == "intermediate" else ("parent_map",):
                if not text and (near := nearest(key, name, manifest[direction], found, known)):
                    text = f"{known[near][name]} (as in {nodes[near]['schema']}.{nodes[near]['name']})"
            column = nodes[key]["columns"].setdefault(name, {"name": name, "meta": {}, "tags": [], "constraints": []})
            column["description"] = text or ""


def declared_descriptions(node: Mapping[str, Any]) -> Descriptions:
    """What the project says about a table's columns, wherever it says so: beside the model, in the declaration of a
    landing source, or in the tables of `quality`."""
    texts = {name: column["description"].strip() for name, column in node["columns"].items()}
    landed = {name: text for name, (_, text) in LINEAGE.items()}
    if node["schema"] == "raw" and (source := declarations().get(node["name"])):
        texts |= {column.name: column.description for column in source.columns.values()} | landed
    if node["schema"] == "quality":
        texts |= {name: text for name, (_, text) in TABLES[node["name"]][1].items()}
    if node["schema"] == "staging":
        texts |= {name: landed[origin] for name, origin in IN_STAGING.items()}
    return {name: text for name, text in texts.items() if text}


def nearest(
    key: str,
    name: str,
    lineage: Mapping[str, Iterable[str]],
    found: Mapping[str, set[str]],
    known: Mapping[str, Descriptions],
) -> str | None:
    """The nearest table along the lineage that describes the column, reached only through tables that have it too."""
    seen, near = {key}, [key]
    while near:
        near = [other for one in near for other in lineage[one] if name in found.get(other, ()) and other not in seen]
        seen.update(near)
        for other in near:
            if name in known.get(other, ()):
                return other
    return None


def forget_places(manifest: dict[str, Any]) -> None:
    """No folder of this machine, and no `..` where the page shows the project as a tree."""
    for part in ("nodes", "sources", "unit_tests", "exposures", "macros", "docs"):
        for node in manifest[part].values():
            for key in PLACES:
                node.pop(key, None)
            node["original_file_path"] = node["original_file_path"].removeprefix("../")


if __name__ == "__main__":
    try:
        print(f"Open {write(default_data_dir())}")
    except Refused as refusal:
        sys.exit(str(refusal))
