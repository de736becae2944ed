"""Runs the daily job through Dagster inside this process: what `csw run` and `csw backfill` do. What Dagster and dbt
print goes to a file; people see one line per step."""

import contextlib
import datetime
import os
import uuid
from collections.abc import Callable, Iterator

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from orchestration.day import Day, open_day
from orchestration.settings import ROOT, DataDir

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def build_day(
    data_dir: DataDir,
    as_of: datetime.date,
    overrides: dict[str, str],
    say: Callable[[str], None],
    backfill: tuple[datetime.date, datetime.date] | None = None,
) -> Day:
    """Run the job for one day; returns the day as it ended (published, or with the step and error it failed with).

    Raises Refused when it could not even start."""
    with instance_of(data_dir) as instance:
        run_id = str(uuid.uuid4())
        with open_day(run_id, data_dir, as_of, overrides, backfill, on_dead_run=forget_dead_run(instance)) as day:
            day.say = say
            say(f"Building {day.as_of} in {data_dir.root}")
            with logs_to_file(data_dir):
                _run_job(day, instance)
    return day


def _run_job(day: Day, instance: dg.DagsterInstance) -> None:
    from orchestration.definitions import defs

    result = defs.resolve_job_def("daily").execute_in_process(
        partition_key=day.as_of.isoformat(),
        instance=instance,
        resources={"day": day},
        run_id=day.run_id,
        run_config=QUIET,
        raise_on_error=False,
    )
    if not result.success and day.failed_step is None:
        failed = [event for event in result.all_events if event.is_failure]
        day.fail(failed[0].step_key or "job" if failed else "job", failed[0].message if failed else "unknown failure")


@contextlib.contextmanager
def instance_of(data_dir: DataDir) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of a data directory: dagster.yaml with its storage inside the data directory."""
    data_dir.dagster.mkdir(parents=True, exist_ok=True)
    os.environ["CSW_DAGSTER_DIR"] = str(data_dir.dagster)
    # Copying this process's output into files costs a helper process per step; the log file has it already.
    no_copies = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    reference = InstanceRef.from_dir(str(ROOT), overrides={"compute_logs": no_copies})
    with dg.DagsterInstance.from_ref(reference) as instance:
        yield instance


@contextlib.contextmanager
def logs_to_file(data_dir: DataDir) -> Iterator[None]:
    data_dir.logs.mkdir(parents=True, exist_ok=True)
    with (
        (data_dir.logs / "run.log").open("w", encoding="utf-8") as file,
        contextlib.redirect_stdout(file),
        contextlib.redirect_stderr(file),
    ):
        yield


def forget_dead_run(instance: dg.DagsterInstance) -> Callable[[str], None]:
    """Marks a run whose process is gone as failed in Dagster's own list too."""

    def forget(run_id: str) -> None:
        run = instance.get_run_by_id(run_id)
        if run is not None and not run.is_finished:
            instance.report_run_failed(run, "The process of this run is gone.")

    return forget
