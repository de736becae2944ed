"""One run of one day: takes the lock, refuses days that cannot be built, times the steps, and keeps the run's row in
quality.run up to date. The command line and Dagster both open a day here."""

import contextlib
import datetime
import json
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import duckdb

from orchestration import digest, lock, quality
from orchestration.published_months import record_published
from orchestration.settings import DataDir, Refused, check_policy, child_environment, yesterday
from orchestration.tidying import published_day, refuse_past, tidy_up

Dates = tuple[datetime.date, datetime.date]


@dataclass
class Day:
    """What the steps of a run share. `backfill` is the range of days that one asked for, else None."""

    run_id: str
    data_dir: DataDir
    as_of: datetime.date
    overrides: dict[str, str]
    backfill: Dates | None = None
    say: Callable[[str], None] = lambda message: None
    seconds: dict[str, float] = field(default_factory=dict)  # per step, in the order they ended
    running: tuple[str, float] | None = None  # the step going on and when it started
    failed_step: str | None = None
    error: str | None = None
    trace: str | None = None  # where a fault of the program itself happened; for --debug
    is_published: bool = False
    warning: str | None = None  # what went wrong after the run had ended

    @property
    def environment(self) -> dict[str, str]:
        return child_environment(self.data_dir, self.as_of, self.overrides)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; a failure inside it becomes the run's failure."""
        started = time.perf_counter()
        self.running = (name, started)
        try:
            yield
        except GeneratorExit:
            raise
        except BaseException as error:
            self.fail(name, describe_error(error))
            if not isinstance(error, Refused):
                self.trace = traceback.format_exc()
                print(self.trace)  # Dagster keeps what a step prints, the command line in logs/run.log
            raise
        finally:
            self.seconds[name], self.running = round(time.perf_counter() - started, 2), None
            mark = "failed" if self.failed_step == name else "done"
            self.say(f"{name:<32} {mark:<7} {self.seconds[name]:6.1f} s")

    def fail(self, step: str, error: str) -> None:
        """The first failure is the cause; what follows from it is not recorded."""
        if self.failed_step is None:
            self.failed_step, self.error = step, error

    def refuse_unless_done(self, steps: list[str]) -> None:
        """Raises Refused unless all these steps ended well in this very run."""
        missing = [step for step in steps if step not in self.seconds]
        if missing or self.failed_step:
            what = f"'{self.failed_step}' failed" if self.failed_step else f"'{missing[0]}' did not run"
            raise Refused(f"Only a day that was built and checked as a whole is published: {what} in this run.")

    def ending(self, connection: duckdb.DuckDBPyConnection, status: str = "published") -> dict:
        """The run's row as it ends: values for quality.update_run."""
        if self.running:
            name, started = self.running
            self.seconds[name] = round(time.perf_counter() - started, 2)
        return {
            "run_id": self.run_id,
            "status": status,
            "failed_step": self.failed_step,
            "error": self.error,
            "ended_at": quality.utc_now(),
            "step_seconds": json.dumps(self.seconds, ensure_ascii=False),
            **quality.count_checks(connection, self.run_id),
        }

    def mark_published(self) -> None:
        self.is_published = True
        with lock.warehouse(self.data_dir) as connection:
            quality.update_run(connection, **self.ending(connection))


@contextlib.contextmanager
def open_day(
    run_id: str,
    data_dir: DataDir,
    as_of: datetime.date,
    overrides: dict[str, str],
    backfill: Dates | None = None,
    wait_seconds: float = 0,
    on_dead_run: Callable[[str], None] = lambda run_id: None,
) -> Iterator[Day]:
    """Hold the data directory for one run. Raises Refused, before anything changes, when the day cannot be built.
    A backfill refills dates up to the published day, so its as-of date is never before that. When the run has ended,
    well or not, whoever asked for its digest gets it."""
    for key in overrides:
        check_policy(key)
    if as_of > yesterday():
        raise Refused(f"{as_of} is not over yet in the business time zone; the last whole day is {yesterday()}.")
    with contextlib.ExitStack() as after, lock.hold(data_dir, wait_seconds):
        if backfill:
            as_of = max(as_of, published_day(data_dir) or as_of)
        refuse_past(data_dir, as_of)
        tidy_up(data_dir, on_dead_run)
        record_published(data_dir)
        day = Day(run_id, data_dir, as_of, overrides, backfill)
        is_new = _start(day)
        if is_new:
            after.callback(_tell, day)  # once the lock is free: a slow receiver holds up no other run
        try:
            yield day
        except BaseException as error:
            day.fail("start", describe_error(error))
            raise
        finally:
            if is_new and not day.is_published:
                _end_failed(day)


def describe_error(error: BaseException) -> str:
    """A sentence for people as it is; a fault of the program with its kind."""
    if "Interrupt" in type(error).__name__:
        return "The run was interrupted."
    return str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}".removesuffix(": ")


def _start(day: Day) -> bool:
    """Note the run; False when it is known already (Dagster's tools may open the resources of an ended run again)."""
    row = {
        "run_id": day.run_id,
        "as_of_date": day.as_of,
        "started_at": quality.utc_now(),
        "status": "running",
        "overrides": json.dumps(day.overrides, sort_keys=True),
    }
    with lock.warehouse(day.data_dir) as connection:
        if connection.execute("select 1 from quality.run where run_id = ?", [day.run_id]).fetchone():
            return False
        quality.insert(connection, "run", [row])
    return True


def _end_failed(day: Day) -> None:
    """A warehouse that is open elsewhere must not hide why the run failed: the next run finishes the row then."""
    day.fail("start", "The run ended without publishing.")
    with contextlib.suppress(lock.Busy), lock.warehouse(day.data_dir) as connection:
        quality.update_run(connection, **day.ending(connection, "failed"))


def _tell(day: Day) -> None:
    status = "published" if day.is_published else "failed"
    run = {"run_id": day.run_id, "as_of_date": day.as_of, "status": status}
    day.warning = digest.tell(day.data_dir, run | {"failed_step": day.failed_step, "error": day.error})
