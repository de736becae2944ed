"""The page of actions against `csw actions`: what is downloaded is what the command writes."""

from pathlib import Path

import pytest
from conftest import Warehouse, csw

from dashboard.pages import actions
from dashboard.words import Words
from orchestration.actions import as_csv

ITEMS = "select action_id from marts.mart_action_queue"
CONDITIONS = {
    "overdue": "is_overdue",
    "day": "due_date <= as_of_date + 1",
    "week": "due_date <= as_of_date + 7",
    "all": "true",
}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_download_of_an_owner_is_the_file_of_the_command(
    sample_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    data_dir, written = sample_warehouse.data_dir.root, tmp_path / "actions.csv"
    monkeypatch.setenv("CSW_DATA_DIR", str(data_dir))
    owner = sample_warehouse.rows("select max(owner_id) from marts.mart_action_queue")[0][0]
    told = csw("actions", "--data-dir", data_dir, "--owner", owner, "--lang", language, "--csv", written)
    assert told.returncode == 0, told.stderr
    rows = actions.queue(Words(language), owner)
    assert rows and as_csv(rows) == written.read_bytes()


def test_what_is_due_by_a_day_includes_what_is_overdue_and_what_was_done_late(
    sample_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_warehouse.data_dir.root))
    found = {due: [row["action_id"] for row in actions.queue(Words("en"), due=due)] for due in CONDITIONS}
    by_sql = {
        due: [action for (action,) in sample_warehouse.rows(f"{ITEMS} where {condition} order by priority")]
        for due, condition in CONDITIONS.items()
    }
    assert found == by_sql and set(found["overdue"]) < set(found["day"]) <= set(found["week"]) < set(found["all"])
