"""The simulator's arithmetic: with a scenario's own levers it gives what the mart says of the scenario, and moves
between levels come out as `csw what-if` says."""

import io

import duckdb
import pytest
from conftest import Warehouse
from rich.console import Console

from dashboard.pages import ltv_arithmetic, simulator
from dashboard.published import read
from dashboard.words import Words
from orchestration.what_if import Move, effects_of, show_what_if


@pytest.fixture
def published(sample_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_warehouse.data_dir.root))
    return sample_warehouse


def scenarios(warehouse: Warehouse) -> dict[str, dict]:
    with duckdb.connect(str(warehouse.data_dir.published), read_only=True) as connection:
        cursor = connection.execute("select * exclude (label_en, label_ja) from marts.mart_ltv_simulation")
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def test_every_scenario_worked_out_again_is_what_the_mart_says(published: Warehouse) -> None:
    """With the levers as the widgets give them: shares go to percent and back."""
    expected = scenarios(published)
    assert len(expected) >= 7 and all(row["ltv_after"] for row in expected.values())
    for scenario, row in expected.items():
        start = ltv_arithmetic.levers_of(scenario)
        shares = {
            name: ltv_arithmetic.share_of(ltv_arithmetic.percent_of(start[name]))
            for name in ("churn_change", "price_change", "gross_margin", "discount_rate")
        }
        same = ("duration_months_after", "accounts_change", "cs_cost_per_month")
        levers = {"scenario_key": scenario, **shares, **{name: start[name] for name in same}}
        assert {"scenario_key": scenario, **ltv_arithmetic.again(levers)} == row


def test_a_share_in_percent_and_back_is_the_same_share() -> None:
    shares = [n / 1000 for n in range(-1000, 1001)]
    assert [ltv_arithmetic.share_of(ltv_arithmetic.percent_of(share)) for share in shares] == shares


def test_moves_come_out_as_csw_what_if_says(published: Warehouse) -> None:
    """Half of the customers of each level to the next one, in the whole company."""
    with duckdb.connect(str(published.data_dir.published), read_only=True) as connection:
        effects = effects_of(connection, "all", "all")
    moves = [Move(a, b, row["accounts"] // 2) for (a, b), row in effects.items() if b == a + 1]
    assert sum(move.accounts for move in moves) > 10
    printed = io.StringIO()
    show_what_if(published.data_dir, moves, "all", None, Console(file=printed, width=200))
    target = read(simulator.TARGET, "all", "all").iloc[0]
    today, then, effect, _ = simulator.outcome(Words("en"), effects, moves, target)
    lines = printed.getvalue().replace(" %", "%").splitlines()
    for name, figure in (("Today", today), ("Then", then)):
        line = next(line for line in lines if name in line)
        assert figure.value in line and figure.marks[0] in line
    assert effect.value != "+0.00 pt"
