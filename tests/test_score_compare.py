"""`csw score-compare A B` on a made-up published file: both orders, thin evidence, and what it refuses."""

import io
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.score_compare import show_comparison
from orchestration.settings import DataDir, Refused

# Versions 1 and 2 over 3 and 12 months: 2 is better at 3 months, too few left within 12; 3 was compared with 1 alone.
ROWS = """
create schema marts;
create table marts.mart_score_version_compare as
select * from (values
    ('1', '2', 3, 1200, 100, 90, 30, 0.1, 0.70, 0.76, 0.06, 0.02, 0.10, 'b_better', null),
    ('1', '2', 12, 800, 80, 60, 20, 0.1, null, null, null, null, null, 'not_reportable', 'too_few_churned_accounts'),
    ('1', '3', 3, 1200, 100, 0, 0, 0.0, 0.70, 0.71, 0.01, -0.02, 0.04, 'no_difference', null)
) as t(version_a, version_b, horizon_months, windows, accounts, to_better, to_worse, changed_share, auc_a, auc_b,
       auc_difference, auc_difference_low, auc_difference_high, verdict, null_reason)"""


@pytest.fixture
def published(tmp_path: Path) -> DataDir:
    data_dir = DataDir(tmp_path)
    with duckdb.connect(str(data_dir.published)) as connection:
        connection.execute(ROWS)
    return data_dir


def lines(data_dir: DataDir, version_a: str, version_b: str) -> list[list[str]]:
    """The cells of each line of the table below its head."""
    console = Console(file=io.StringIO(), width=200)
    show_comparison(data_dir, version_a, version_b, console)
    table = [line for line in console.file.getvalue().splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in table]


def test_two_versions_are_compared_by_horizon(published: DataDir) -> None:
    assert lines(published, "1", "2") == [
        ["3", "100 / 1,200", "10.0 %", "90 / 30", "0.700", "0.760", "+0.060 (+0.020 to +0.100)", "2 predicts better"],
        ["12", "80 / 800", "10.0 %", "60 / 20", "–", "–", "–", "too few customers left to judge"],
    ]


def test_asked_the_other_way_round_a_and_b_change_places(published: DataDir) -> None:
    assert lines(published, "2", "1")[0] == [
        "3", "100 / 1,200", "10.0 %", "30 / 90", "0.760", "0.700", "-0.060 (-0.100 to -0.020)", "2 predicts better",
    ]
    assert lines(published, "3", "1")[0][-1] == "no difference that could not be chance"


@pytest.mark.parametrize(("versions", "words"), [
    (("1", "2026-9"), "There is no version '2026-9' of the health score. There are: 1, 2, 3."),
    (("1", "1"), "name two different versions"),
    (("2", "3"), "have scored no customer on the same day"),
])
def test_what_cannot_be_compared_is_said_in_a_sentence(published: DataDir, versions: tuple, words: str) -> None:
    with pytest.raises(Refused, match=words):
        show_comparison(published, *versions, Console(file=io.StringIO()))


def test_without_versions_or_file_it_says_what_to_do(published: DataDir, tmp_path: Path) -> None:
    with duckdb.connect(str(published.published)) as connection:
        connection.execute("delete from marts.mart_score_version_compare")
    with pytest.raises(Refused, match="no two versions to compare yet. Add rows"):
        show_comparison(published, "1", "2", Console(file=io.StringIO()))
    with duckdb.connect(str(published.published)) as connection:
        connection.execute("drop table marts.mart_score_version_compare")
    with pytest.raises(Refused, match="`csw run` builds it"):
        show_comparison(published, "1", "2", Console(file=io.StringIO()))
    said = CliRunner().invoke(app, ["score-compare", "1", "2", "--data-dir", str(tmp_path / "none")])
    assert said.exit_code == 1
