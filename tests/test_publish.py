"""The published file: what is in it, that a wrong copy never replaces it, and that readers never notice a publish."""

import copy
import multiprocessing
import random
import re
import time
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse

from orchestration import lock, manifest
from orchestration.publish import publish
from orchestration.settings import DataDir, Refused
from orchestration.tidying import tidy_up

PUBLISHES = 20
KILLS = 6
COLUMNS = "from duckdb_columns() where not internal"


def test_the_file_holds_marts_reference_and_quality_and_every_column_is_described(sample):
    schemas = {name for (name,) in sample.execute("select distinct schema_name from duckdb_tables()").fetchall()}
    assert schemas == {"marts", "reference", "quality"}
    declared = manifest.read()["nodes"].values()
    expected = {
        n["name"]
        for n in declared
        if n["resource_type"] == "seed" or n["schema"] == "marts" and n["resource_type"] == "model"
    }
    found = {
        name
        for (name,) in sample.execute(
            "select table_name from duckdb_tables() where schema_name <> 'quality'"
        ).fetchall()
    }
    assert found == expected
    silent = sample.execute(f"select table_name, column_name {COLUMNS} and coalesce(comment, '') = ''").fetchall()
    assert silent == []


def test_comments_are_one_line_without_codes_that_only_the_repository_explains(sample):
    comments = sample.execute(f"select comment {COLUMNS} union all select comment from duckdb_tables()").fetchall()
    odd = re.compile(r"\n|\([RSHLEAT]\d+[,)]|docs/")
    assert comments and not [text for (text,) in comments if odd.search(text)]


def test_the_file_opens_in_duckdb_1_4(sample):
    tags = sample.execute("select tags from duckdb_databases() where database_name = current_database()").fetchone()[0]
    assert "v1.4" in str(tags)


def test_nothing_personal_is_published(sample_warehouse, sample):
    columns = {name for (name,) in sample.execute(f"select column_name {COLUMNS}").fetchall()}
    assert not columns & {"raw_text", "comment", "user_id", "email", "_source_file"}
    address = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[a-z]")
    for schema, table in sample.execute("select schema_name, table_name from duckdb_tables()").fetchall():
        for (row,) in sample.execute(f"select t::varchar from {schema}.{table} as t").fetchall():
            assert not address.search(row), f"{schema}.{table}"


def test_a_table_without_a_description_stops_the_publish_and_the_old_file_stays(sample_copy):
    before = sample_copy.published.read_bytes()
    declared = copy.deepcopy(manifest.read())
    node = next(n for n in declared["nodes"].values() if n["name"] == "mart_nps" and n["resource_type"] == "model")
    node["description"] = ""
    with pytest.raises(Refused, match="marts.mart_nps has no description"):
        publish(sample_copy.root, declared)
    assert sample_copy.published.read_bytes() == before


def test_a_mart_that_is_missing_stops_the_publish_and_the_old_file_stays(sample_copy):
    before = sample_copy.published.read_bytes()
    with lock.warehouse(sample_copy) as connection:
        connection.execute("drop table marts.mart_nps")
    with pytest.raises(duckdb.CatalogException, match="mart_nps"):
        publish(sample_copy.root, manifest.read())
    assert sample_copy.published.read_bytes() == before


def read_until(stop, published: str, outcome) -> None:
    """A reader: opens the file anew for each look and asks two tables which publish they are from."""
    looks = 0
    try:
        while not stop.is_set():
            with duckdb.connect(published, read_only=True) as connection:
                seen = connection.execute(
                    """select (select any_value(rows_loaded) from quality.run),
                           (select any_value(rows_in) from quality.loaded_file),
                           (select count(*) from marts.dim_account)"""
                ).fetchone()
            assert seen[0] == seen[1] and seen[2] > 0, f"a mixed day: {seen}"
            looks += 1
            time.sleep(0.01)
        outcome.put(looks)
    except Exception as error:
        outcome.put(f"{type(error).__name__}: {error}")


def publish_again_and_again(data_dir: Path) -> None:
    """A writer: each publish carries its number in two tables."""
    declared = manifest.read()
    for number in range(PUBLISHES):
        with lock.warehouse(DataDir(data_dir)) as connection:
            connection.execute("update quality.run set rows_loaded = ?", [number])
            connection.execute("update quality.loaded_file set rows_in = ?", [number])
        publish(data_dir, declared)
        time.sleep(0.02)


@pytest.mark.slow
def test_a_publish_killed_at_any_moment_leaves_a_whole_file(sample_warehouse, sample_copy):
    """kill -9 of a process that publishes without end: what readers find is always a whole publish."""
    processes = multiprocessing.get_context("spawn")
    moments = random.Random(20261122)
    for _ in range(KILLS):
        first = sample_copy.published.stat().st_ino
        writer = processes.Process(target=publish_again_and_again, args=(sample_copy.root,))
        writer.start()
        while sample_copy.published.stat().st_ino == first and writer.is_alive():
            time.sleep(0.01)
        time.sleep(moments.random())
        writer.kill()
        writer.join()
        assert Warehouse(sample_copy, sample_warehouse.result).digests() == sample_warehouse.digests()
    tidy_up(sample_copy, lambda run_id: None)
    assert not list(sample_copy.root.glob("*.tmp*"))


def test_readers_open_during_twenty_publishes_never_fail_and_never_see_a_mixed_day(sample_copy):
    with lock.warehouse(sample_copy) as connection:
        connection.execute("update quality.run set rows_loaded = -1")
        connection.execute("update quality.loaded_file set rows_in = -1")
    publish(sample_copy.root, manifest.read())
    processes = multiprocessing.get_context("spawn")
    stop, outcome = processes.Event(), processes.Queue()
    arguments = (stop, str(sample_copy.published), outcome)
    readers = [processes.Process(target=read_until, args=arguments) for _ in range(3)]
    with duckdb.connect(str(sample_copy.published), read_only=True) as kept_open:
        for reader in readers:
            reader.start()
        writer = processes.Process(target=publish_again_and_again, args=(sample_copy.root,))
        writer.start()
        writer.join()
        assert kept_open.execute("select any_value(rows_loaded) from quality.run").fetchone() == (-1,)
    stop.set()
    outcomes = [outcome.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    assert writer.exitcode == 0
    assert all(isinstance(looks, int) and looks > 0 for looks in outcomes), outcomes
