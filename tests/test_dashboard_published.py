"""The page keeps the published file open, and still shows a new day with the first question after it was published."""

import os
import threading
from pathlib import Path

import duckdb
import pytest

from dashboard.published import NothingPublished, read

DAY = "select day from marts.today"


def publish(place: Path, day: int) -> None:
    """As the run does: a new file under the old name."""
    draft = place / f"day_{day}.duckdb"
    with duckdb.connect(str(draft)) as connection:
        connection.execute(f"create schema marts; create table marts.today as select {day} as day")
    os.replace(draft, place / "cs_warehouse.duckdb")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CSW_DATA_DIR", str(tmp_path))
    return tmp_path


def test_a_new_day_is_read_by_the_next_question(place: Path) -> None:
    for day in range(3):
        publish(place, day)
        assert read(DAY)["day"].tolist() == [day]


def test_nobody_is_told_of_yesterday_while_days_are_published(place: Path) -> None:
    publish(place, 0)
    published, wrong, answers, is_over = [0], [], [], threading.Event()

    def ask() -> None:
        try:
            while not is_over.is_set():
                known = published[-1]
                found = int(read(DAY)["day"].iloc[0])
                answers.append(found)
                if found < known:
                    wrong.append((known, found))
        except Exception as error:
            wrong.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for day in range(1, 40):
            publish(place, day)
            published.append(day)
    finally:
        is_over.set()
    for asker in askers:
        asker.join()
    assert len(set(answers)) > 3
    assert not wrong
    assert int(read(DAY)["day"].iloc[0]) == 39


def test_a_file_that_is_gone_or_of_an_older_build_is_nothing_published_and_the_next_one_is_read(place: Path) -> None:
    with pytest.raises(NothingPublished):
        read(DAY)
    publish(place, 1)
    with pytest.raises(NothingPublished):
        read("select * from marts.of_a_newer_build")
    assert read(DAY)["day"].tolist() == [1]
    (place / "cs_warehouse.duckdb").unlink()
    with pytest.raises(NothingPublished):
        read(DAY)
    publish(place, 2)
    assert read(DAY)["day"].tolist() == [2]
