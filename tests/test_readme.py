"""What the READMEs show works: their queries run, their tables, files and commands exist, and both say the same."""

import re
from html import unescape
from pathlib import Path

import pytest
from conftest import Warehouse
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.summary_picture import picture

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
JAPANESE = (ROOT / "README.ja.md").read_text(encoding="utf-8")
QUERIES = ("README.md", "docs/first_ten_minutes.md")


def test_the_japanese_readme_names_the_same_things() -> None:
    def named(text: str) -> tuple[list, set, set, int]:
        blocks = re.findall(r"```(.*?)```", text, re.DOTALL)
        code = [[line.split("#")[0].strip() for line in block.splitlines()] for block in blocks]
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        figures = set(re.findall(r"\d[\d.,]*\d", prose))
        return code, set(re.findall(r"`([^`]+)`", prose)), figures, prose.count("\n#")

    english, japanese = named(README), named(JAPANESE)
    assert english[0] == japanese[0]
    assert english[1] ^ japanese[1] <= {"?lang=en"}
    assert english[2] == japanese[2]
    assert english[3] == japanese[3]


@pytest.mark.parametrize("page", QUERIES)
def test_the_queries_of_the_readme_run(page: str, sample_warehouse: Warehouse) -> None:
    queries = re.findall(r"```sql\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert queries
    for query in queries:
        assert sample_warehouse.rows(query)


def test_the_marts_of_the_readme_are_published(sample_warehouse: Warehouse) -> None:
    published = {name for (name,) in sample_warehouse.rows("select table_name from duckdb_tables()")}
    named = set(re.findall(r"`((?:mart|fct|dim)_\w+)`", README))
    assert len(named) > 10
    assert not named - published - {"fct_"}


def test_the_files_of_the_readme_are_there() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README + JAPANESE)
    assert linked
    assert not [path for path in linked if not (ROOT / path).exists()]


def test_the_picture_of_the_summary_has_todays_lines_and_no_folder_of_a_machine(sample_warehouse: Warehouse) -> None:
    def left_column(svg: str) -> set[str]:
        rows: dict[str, list[str]] = {}
        for y, text in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
            rows.setdefault(y, []).append(unescape(text).replace("\xa0", " ").strip())
        return {row[1] for row in rows.values() if row[0] == "│"}

    shown = (ROOT / "docs" / "summary.svg").read_text(encoding="utf-8")
    drawn = picture(sample_warehouse.data_dir)
    assert {"MRR", "NPS", "Accounts per success level", "Time"} <= left_column(drawn)
    assert not left_column(drawn) - left_column(shown)
    for svg in (shown, drawn):
        assert re.findall(r"[^;]*cs_warehouse.duckdb", svg) == ["data/cs_warehouse.duckdb"] * 2
        assert re.findall(r"https?:[^\s\"]*", svg) == ["http://www.w3.org/2000/svg"]


def test_the_commands_of_the_readme_exist() -> None:
    commands = set(re.findall(r"\.venv/bin/csw ([\w-]+)", README))
    assert commands
    for command in commands:
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
    targets = set(re.findall(r"^make ([\w-]+)", README, re.MULTILINE))
    assert {"run", "test"} <= targets
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [target for target in targets if f"\n{target}:" not in makefile]
