"""Exposures tell the truth: each depends on the tables that its files, or what of the page they import, name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import manifest

ROOT = Path(__file__).resolve().parents[1]
# `quality.` is a Python module too, so a name behind it counts only where there is such a table.
TABLE = re.compile(r"\b(marts|reference|quality)\.([a-z_0-9]+|\{)")


@pytest.fixture(scope="module")
def declared() -> dict:
    return manifest.read()


@pytest.fixture(scope="module")
def tables(declared: dict) -> dict[tuple[str, str], str]:
    """Schema and name of what readers can read → how depends_on names it."""
    nodes = [node for node in declared["nodes"].values() if node["resource_type"] in ("model", "seed")]
    found = {(node["schema"], node["name"]): f"ref('{node['name']}')" for node in nodes}
    sources = declared["sources"].values()
    return found | {(s["schema"], s["name"]): f"source('{s['schema']}', '{s['name']}')" for s in sources}


def files_of(exposure: dict) -> set[Path]:
    """The files an exposure names, and what of the page they import."""
    todo = [path for pattern in exposure["config"]["meta"]["files"] for path in ROOT.glob(pattern)]
    found = set()
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += imported(path)
    return found


def imported(path: Path) -> Iterator[Path]:
    """The files of the page that a Python file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.suffix == ".py" else ():
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dashboard":
            module = ROOT.joinpath(*node.module.split("."))
            candidates = [module, *(module / name.name for name in node.names)]
            yield from (file for file in (one.with_suffix(".py") for one in candidates) if file.exists())


def tables_in(path: Path, tables: dict) -> set[tuple[str, str]]:
    """The tables a file names; of the marts and seeds also those that do not exist, or are put together from parts."""
    named = set(TABLE.findall(path.read_text(encoding="utf-8")))
    return {(schema, name) for schema, name in named if schema != "quality" or (schema, name) in tables}


def test_an_exposure_depends_on_the_tables_its_files_name(declared, tables):
    nodes = {**declared["nodes"], **declared["sources"]}
    wrong = []
    for exposure in declared["exposures"].values():
        named = {table for path in files_of(exposure) for table in tables_in(path, tables)}
        assert named <= set(tables), f"{exposure['name']}: no such table, or not written out: {named - set(tables)}"
        depends_on = {(nodes[key]["schema"], nodes[key]["name"]) for key in exposure["depends_on"]["nodes"]}
        if named != depends_on:
            lines = [f"      - {tables[table]}" for table in sorted(named)]
            wrong.append("\n".join([f"  - name: {exposure['name']}", "    depends_on:", *lines]))
    assert not wrong, "write into models/marts/_exposures.yml:\n" + "\n".join(wrong)


def test_every_file_of_the_page_that_reads_a_table_belongs_to_an_exposure(declared, tables):
    told = {path for exposure in declared["exposures"].values() for path in files_of(exposure)}
    files = [path for path in (ROOT / "dashboard").rglob("*") if path.suffix in (".py", ".sql")]
    assert len(files) > 5
    assert not [path for path in files if path not in told and tables_in(path, tables)]


def test_the_files_of_exposures_are_there(declared):
    patterns = {file for exposure in declared["exposures"].values() for file in exposure["config"]["meta"]["files"]}
    assert not [pattern for pattern in patterns if not list(ROOT.glob(pattern))]


def test_exposures_are_owned_by_a_role_and_not_by_a_person(declared):
    exposures = declared["exposures"].values()
    assert {(exposure["owner"]["name"], exposure["owner"]["email"]) for exposure in exposures} == {
        ("Customer success", None)
    }
