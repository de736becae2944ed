"""The parts around the job: the lock and what a dead run leaves, children that die with their parent, and Dagster's
definitions, schedule and dependencies."""

import datetime
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from conftest import GOLDEN_DAY, ROOT

from orchestration import child, lock, quality
from orchestration.day import Day, open_day
from orchestration.settings import DataDir, Refused
from orchestration.tidying import tidy_up


def test_a_child_dies_with_its_parent(tmp_path):
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent is gone")
    script = (
        "import subprocess, time\nfrom orchestration import child\n"
        "print(subprocess.Popen(child.command('sleep', '60')).pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    time.sleep(0.3)
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    """False also for a process that has ended and waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_without_its_parent_does_not_start():
    command = child.command("echo", "started")
    command[3] = "1"  # as if the parent had died before the child could ask
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")


def test_a_run_whose_process_is_gone_is_marked_failed_and_its_draft_removed(tmp_path):
    data_dir = DataDir(tmp_path)
    draft = tmp_path / "cs_warehouse.duckdb.tmp"
    draft.write_text("half a file")
    with lock.warehouse(data_dir) as connection:
        quality.create(connection)
        quality.insert(connection, "run", [{"run_id": "gone", "status": "running"}])
    told = []
    tidy_up(data_dir, told.append)
    assert told == ["gone"] and not draft.exists()
    with lock.warehouse(data_dir) as connection:
        status, error = connection.execute("select status, error from quality.run").fetchone()
    assert status == "failed" and "stopped before it ended" in error


def test_a_day_that_is_left_without_publishing_counts_as_failed(tmp_path):
    data_dir = DataDir(tmp_path)
    with pytest.raises(ZeroDivisionError), open_day("r1", data_dir, GOLDEN_DAY, {}) as day, day.step("a step"):
        1 / 0  # noqa: B018
    with lock.warehouse(data_dir) as connection:
        row = connection.execute("select status, failed_step, error from quality.run").fetchone()
    assert row == ("failed", "a step", "ZeroDivisionError: division by zero")


def test_loading_the_definitions_opens_no_database_and_no_network_and_starts_nothing():
    script = """
import socket, subprocess, sys
import dagster, dagster_dbt, duckdb
def refuse(*arguments, **options):
    raise AssertionError("loading the definitions must not do this")
duckdb.connect = socket.socket.connect = subprocess.Popen.__init__ = refuse
from orchestration.definitions import defs
job = defs.resolve_job_def("daily")
assert not {"great_expectations", "sqlalchemy", "dbt.cli", "dbt.parser"} & set(sys.modules)
print(len(job.asset_layer.selected_asset_keys))
"""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 30


def test_publishing_depends_on_every_asset_of_every_layer_and_every_layer_has_blocking_checks():
    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    published = next(key for key in graph.get_all_asset_keys() if key.path[0] == "published")
    behind = {key.to_user_string() for key in graph.get(published).parent_keys}
    seeds = {key for key in keys if key.startswith("reference/")}  # not loaded every day: nothing may wait for them
    assert seeds and behind == keys - seeds - {published.to_user_string()}
    blocking = {key.asset_key.path[0] for key in graph.asset_check_keys if graph.get(key).blocking}
    assert {"raw", "staging", "intermediate", "marts"} <= blocking
    assert all(len(key.split("/")) == 2 for key in keys)


def test_every_declared_source_is_a_raw_asset_named_layer_and_table():
    from orchestration.definitions import raw
    from orchestration.sources import declarations

    assert {f"raw/{name}" for name in declarations()} <= {key.to_user_string() for key in raw.keys}


def test_the_schedule_runs_yesterday_at_six_in_the_business_time_zone():
    from orchestration.definitions import defs

    schedule = defs.resolve_schedule_def("daily_at_six")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "Asia/Tokyo")
    at_six = datetime.datetime(2026, 11, 21, 21, tzinfo=datetime.UTC)  # 06:00 on the 22nd in Tokyo
    context = dg.build_schedule_context(scheduled_execution_time=at_six, repository_def=defs.get_repository_def())
    (request,) = schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2026-11-21"


def test_one_writer_per_data_directory_and_again_inside_the_same_process(tmp_path):
    data_dir = DataDir(tmp_path)
    script = (
        "from orchestration import lock\nfrom orchestration.settings import DataDir\n"
        f"with lock.hold(DataDir({str(tmp_path)!r})): print('held')"
    )
    with lock.hold(data_dir), lock.hold(data_dir):
        other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
        assert other.returncode == 1 and re.search(r"Another run is writing .* \(process \d+, since", other.stderr)
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert other.stdout == "held\n"


def test_a_warehouse_open_elsewhere_is_named_and_not_a_traceback(tmp_path, monkeypatch):
    data_dir = DataDir(tmp_path)
    with lock.warehouse(data_dir):
        pass
    script = (
        f"import duckdb, time\nkept = duckdb.connect({str(data_dir.warehouse)!r}, read_only=True)\n"
        "print('open', flush=True)\ntime.sleep(60)"
    )
    reader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout.readline() == "open\n"
        monkeypatch.setattr(lock, "DATABASE_WAIT_SECONDS", 0.2)
        with pytest.raises(lock.Busy, match="is open in another program"), lock.warehouse(data_dir):
            pass
    finally:
        os.kill(reader.pid, signal.SIGKILL)
        reader.wait()
        reader.stdout.close()
    with lock.warehouse(data_dir) as connection:
        assert isinstance(connection, duckdb.DuckDBPyConnection)


def test_a_day_is_published_only_when_it_was_built_and_checked_in_the_same_run(tmp_path):
    from orchestration.definitions import before_publish

    day = Day("r1", DataDir(tmp_path), GOLDEN_DAY, {})
    with pytest.raises(Refused, match="'checks of raw' did not run in this run"):
        day.refuse_unless_done(before_publish)
    day.seconds = dict.fromkeys(before_publish, 1.0)
    day.refuse_unless_done(before_publish)
    day.fail("checks of raw", "a reason")
    with pytest.raises(Refused, match="'checks of raw' failed in this run"):
        day.refuse_unless_done(before_publish)
