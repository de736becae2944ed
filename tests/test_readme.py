"""What the README shows works: its queries run, its tables, files and commands exist."""

import re
from pathlib import Path

from conftest import Warehouse
from typer.testing import CliRunner

from orchestration.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_queries_of_the_readme_run(sample_warehouse: Warehouse) -> None:
    queries = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert queries
    for query in queries:
        assert sample_warehouse.rows(query)


def test_the_marts_of_the_readme_are_published(sample_warehouse: Warehouse) -> None:
    published = {name for (name,) in sample_warehouse.rows("select table_name from duckdb_tables()")}
    named = set(re.findall(r"`((?:mart|fct|dim)_\w+)`", README))
    assert len(named) > 10
    assert not named - published - {"fct_"}


def test_the_files_of_the_readme_are_there() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert linked
    assert not [path for path in linked if not (ROOT / path).exists()]


def test_the_commands_of_the_readme_exist() -> None:
    commands = set(re.findall(r"\.venv/bin/csw ([\w-]+)", README))
    assert commands
    for command in commands:
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
    targets = set(re.findall(r"^make ([\w-]+)", README, re.MULTILINE))
    assert {"run", "test"} <= targets
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [target for target in targets if f"\n{target}:" not in makefile]
