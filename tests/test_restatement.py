"""What had been published stays readable: every publish is recorded once, whatever kills it, and what changed later
is a restatement with its values before and after."""

import datetime
import multiprocessing
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import GOLDEN_DAY, ROOT, Warehouse, build, csw, write_landing

from orchestration import lock, published_months, quality
from orchestration.published_months import record_published
from orchestration.settings import DataDir, Refused

GRACE = {"renewal_grace_days": 60}
MONTHS = {"2024-01": (100, 0, None), "2024-02": (120, 20, 1.2)}  # closing MRR, MRR in grace, NRR


def publish_file(place: DataDir, run_id: str, day: int, months: dict[str, tuple] = MONTHS) -> None:
    """A published file as far as the record reads it; the record itself is copied from the warehouse, as at publish."""
    place.root.mkdir(exist_ok=True)
    place.published.unlink(missing_ok=True)
    with lock.warehouse(place) as connection:
        quality.create(connection)
        connection.execute(f"attach '{place.published}' as file; create schema file.quality; create schema file.marts")
        for table in ("run", "published_run", "published_month"):
            connection.execute(f"create table file.quality.{table} as from quality.{table}")
        connection.execute(
            f"""insert into file.quality.run (run_id, as_of_date, ended_at, status, config_hash) values
                ('old', '2024-01-01', '2024-01-01', 'published', 'c'),
                ('{run_id}', '2024-04-{day:02}', '2024-04-{day:02} 21:00:00', 'published', 'c'),
                ('broken', '2024-04-30', '2024-04-30', 'failed', 'c')"""
        )
        rows = ", ".join(
            f"(date '{month}-01', last_day(date '{month}-01'), {mrr}::bigint, {grace}::bigint, {nrr or 'null'}::double)"
            for month, (mrr, grace, nrr) in months.items()
        )
        connection.execute(
            f"""create temp table months as from (values {rows}) as t(month, month_end_date, mrr, grace, nrr);
            create table file.marts.mart_mrr_waterfall as select month, month_end_date, mrr as closing_mrr,
                mrr - grace as mrr_confirmed, grace as mrr_in_grace, mrr as new_mrr, 0::bigint as reactivation_mrr,
                0::bigint as expansion_mrr, 0::bigint as contraction_mrr, 0::bigint as churn_mrr, false as is_final
                from months;
            create table file.marts.mart_retention as select month_end_date as period_end_date, h as horizon_months,
                'cohort_p2p' as definition, scope as scope_type, if(h = 12 and scope = 'all', nrr, 9)::double as nrr,
                nrr as grr, nrr as logo_retention
                from months, unnest([1, 12]) as t(h), unnest(['all', 'segment']) as s(scope); detach file"""
        )


def recorded(place: DataDir) -> tuple[list[tuple], list[tuple]]:
    """(publishes, months with the values that changed)."""
    with lock.warehouse(place) as connection:
        runs = "select publish_number, run_id, as_of_date::varchar from quality.published_run order by 1"
        months = """select publish_number, month::varchar, closing_mrr, mrr_in_grace, nrr from quality.published_month
            order by 1, 2"""
        return connection.execute(runs).fetchall(), connection.execute(months).fetchall()


FIRST = [(1, "2024-01-01", 100, 0, None), (1, "2024-02-01", 120, 20, 1.2)]


def test_a_publish_is_recorded_once_and_later_ones_by_what_changed(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    record_published(place)  # nothing is published yet
    publish_file(place, "r1", 1)
    for _ in range(2):
        record_published(place)
        assert recorded(place) == ([(1, "r1", "2024-04-01")], FIRST)
    publish_file(place, "r2", 2)  # the same values: seen, and no month more
    record_published(place)
    assert recorded(place) == ([(1, "r1", "2024-04-01"), (2, "r2", "2024-04-02")], FIRST)
    publish_file(place, "r3", 3, {"2024-02": (110, 20, 1.1), "2024-03": (130, 0, 1.0)})  # January is gone
    record_published(place)
    runs, months = recorded(place)
    assert [run[1] for run in runs] == ["r1", "r2", "r3"]
    third = [(3, "2024-01-01", 0, 0, None), (3, "2024-02-01", 110, 20, 1.1), (3, "2024-03-01", 130, 0, 1.0)]
    assert months == [*FIRST, *third]
    publish_file(place, "r4", 4, {"2024-02": (110, 20, 1.1), "2024-03": (130, 0, 1.0)})  # and stays so
    record_published(place)
    assert recorded(place)[1] == months


@pytest.mark.parametrize("table", [published_months.RUN, published_months.MONTH])
def test_a_kill_while_recording_leaves_nothing_and_the_next_run_records_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    place = DataDir(tmp_path)
    publish_file(place, "r1", 1)
    insert = quality.insert

    def insert_and_die(connection, name, rows) -> None:
        insert(connection, name, rows)
        if name == table and rows:
            os._exit(9)

    monkeypatch.setattr(quality, "insert", insert_and_die)
    child = multiprocessing.get_context("fork").Process(target=record_published, args=(place,))
    child.start()
    child.join()
    assert child.exitcode == 9
    monkeypatch.undo()
    assert recorded(place) == ([], [])
    record_published(place)
    assert recorded(place) == ([(1, "r1", "2024-04-01")], FIRST)


def test_a_warehouse_that_was_deleted_or_put_back_learns_the_record_from_the_published_file(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    publish_file(place, "r1", 1)
    record_published(place)
    shutil.copyfile(place.warehouse, tmp_path / "older_copy")
    publish_file(place, "r2", 2, {"2024-01": (90, 0, None)})
    record_published(place)
    publish_file(place, "r3", 3, {"2024-01": (80, 0, None)})
    record_published(place)
    whole = recorded(place)
    assert len(whole[0]) == 3
    for older in (None, tmp_path / "older_copy"):
        place.warehouse.unlink()
        if older:
            shutil.copyfile(older, place.warehouse)
        with lock.warehouse(place) as connection:
            quality.create(connection)
        record_published(place)
        assert recorded(place) == whole


def test_a_file_published_before_there_was_a_record_is_recorded(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    publish_file(place, "r1", 1)
    with duckdb.connect(str(place.published)) as connection:
        connection.execute("drop table quality.published_run; drop table quality.published_month")
    record_published(place)
    assert recorded(place) == ([(1, "r1", "2024-04-01")], FIRST)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    publish_file(place, "r1", 1)
    with duckdb.connect(str(place.published)) as connection:
        connection.execute("drop table marts.mart_retention")
    with pytest.raises(Refused, match=r"cs_warehouse\.duckdb shows cannot be recorded; move it away"):
        record_published(place)


# What `csw run` does, killed at the first moment after the new file has been swapped in.
KILLED_AFTER_THE_SWAP = """
import os, sys
from orchestration import cli, day
day.Day.mark_published = lambda self: os._exit(9)
cli.app(sys.argv[1:])
"""


@pytest.mark.slow
def test_late_data_and_a_grace_that_passed_are_restatements_also_when_the_run_is_killed(
    golden_files: dict[str, Path], tmp_path: Path
) -> None:
    first_day = datetime.date(2025, 3, 31)
    write_landing(tmp_path, golden_files)
    first = build(tmp_path, first_day, GRACE)
    assert first.result.returncode == 0, first.result.stdout + first.result.stderr
    assert restated(first) == {}
    line = "A1-1,A1,core,2024-01-01,2025-01-01,100000"
    late = golden_files["contracts/contracts.csv"].read_text(encoding="utf-8").replace(line, line[:-6] + "110000")
    write_landing(tmp_path, {"contracts/contracts_late.csv": late})
    run = map(str, ["run", "--as-of", GOLDEN_DAY, "--data-dir", tmp_path, "--set", "renewal_grace_days=60"])
    killed = subprocess.run([sys.executable, "-c", KILLED_AFTER_THE_SWAP, *run], cwd=ROOT, check=False)
    assert killed.returncode == 9

    months_of_2024 = [f"2024-{month:02}-01" for month in range(1, 13)]
    expected = {(month, "closing_mrr"): (10000, "late_or_corrected_data") for month in months_of_2024}
    expected |= {(month, "mrr_confirmed"): (10000, "late_or_corrected_data") for month in months_of_2024}
    expected |= {
        ("2024-01-01", "new_mrr"): (10000, "late_or_corrected_data"),
        ("2025-01-01", "contraction_mrr"): (-10000, "late_or_corrected_data"),
        # A4 (60,000) and A9 (30,000, come and gone inside March) were not renewed
        ("2025-03-01", "closing_mrr"): (-90000, "grace_passed"),
        ("2025-03-01", "mrr_in_grace"): (-90000, "grace_passed"),
        ("2025-03-01", "new_mrr"): (-30000, "grace_passed"),
        ("2025-03-01", "churn_mrr"): (-60000, "grace_passed"),
    }
    assert restated(first) == expected
    # NRR and the like of January to March 2025 look back at the months of 2024 that were corrected
    assert "published: 15 (marts.mart_restatement)" in csw("status", "--data-dir", tmp_path).stdout
    again = build(tmp_path, GOLDEN_DAY, GRACE)
    assert again.result.returncode == 0, again.result.stdout + again.result.stderr
    assert restated(again) == expected
    publishes = again.rows("select publish_number, as_of_date from quality.published_run order by 1")
    assert publishes == [(1, first_day), (2, GOLDEN_DAY)]
    shown = """select first_published_value, first_published_as_of_date, was_final_when_first_published,
            last_published_value, last_published_as_of_date, value_now, is_final, restatements, value_since_as_of_date
        from marts.mart_restatement where month = '2025-03-01' and measure = 'closing_mrr'"""
    before, after = Decimal(827000), Decimal(737000)  # expected_published_as_of_own_month_end.csv
    assert again.rows(shown) == [(before, first_day, False, after, GOLDEN_DAY, after, True, 1, GOLDEN_DAY)]


def restated(warehouse: Warehouse) -> dict[tuple[str, str], tuple[int, str]]:
    """(month, measure of money) → change since first published, and why."""
    query = """select month::varchar, measure, change_since_first::bigint, reason from marts.mart_restatement
        where restatements > 0 and unit = 'minor_units'"""
    return {(month, measure): (change, reason) for month, measure, change, reason in warehouse.rows(query)}
