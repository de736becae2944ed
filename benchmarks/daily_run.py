"""The whole daily job as a process: what a day costs after a long and a short history, what it costs when nothing new
came, and what each new row costs beyond that."""

import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.company import (
    ACCOUNTS,
    DAY_EVENTS,
    DAY_ROWS,
    LAST_DAY,
    NEXT_DAY,
    write_company,
    write_events,
    write_logins,
    write_users,
)
from benchmarks.measure import Finding, clean_environment, cpu_here, cpu_of, in_turns, median_ratio, say
from orchestration.checks import GATES
from orchestration.ingest import ingest
from orchestration.manifest import DBT
from orchestration.settings import DBT_PROJECT, DataDir, child_environment

TURNS = 3
SHORT_HISTORY, LONG_HISTORY = 30, 365
LARGE_DAY = 3_000_000


@dataclass(frozen=True)
class History:
    """A published warehouse that can be set back to LAST_DAY, so that the same day can be measured again."""

    place: DataDir

    @classmethod
    def build(cls, root: Path, days: int) -> "History":
        history = cls(DataDir(root))
        write_company(history.place.landing, days)
        say(f"{days} days of history: {history.run(LAST_DAY):.0f} CPU s to load and build")
        for file in (history.place.warehouse, history.place.published):
            shutil.copyfile(file, file.with_suffix(".saved"))
        return history

    def run(self, day) -> float:
        """CPU seconds of `csw run` for a day."""
        command = [sys.executable, "-m", "orchestration.cli", "run", "--as-of", str(day), "--data-dir"]
        return cpu_of([*command, str(self.place.root)], clean_environment())

    def set_back(self, new_rows: int) -> None:
        """To LAST_DAY as published, with the files of the next day in landing: `new_rows` log-ins, the usual usage
        events, and all users with one new and one deactivated (0: no file at all)."""
        for file in (self.place.warehouse, self.place.published):
            shutil.copyfile(file.with_suffix(".saved"), file)
        for path in self.place.landing.rglob(f"*_{NEXT_DAY}.*"):
            path.unlink()
        if new_rows:
            write_logins(self.place.landing, NEXT_DAY, new_rows)
            write_events(self.place.landing, NEXT_DAY)
            write_users(self.place.landing, NEXT_DAY)

    def next_day(self, new_rows: int) -> float:
        self.set_back(new_rows)
        return self.run(NEXT_DAY)

    def bare_day(self, new_rows: int) -> dict[str, float]:
        """CPU seconds of the parts that anybody would need: dbt build on the loaded rows, and the checks; and of
        loading them, for information."""
        self.set_back(new_rows)
        environment = child_environment(self.place, NEXT_DAY, {})
        costs = {}
        with duckdb.connect(str(self.place.warehouse)) as connection:
            costs["ingest"] = cpu_here(lambda: ingest(connection, self.place.landing))
        costs["gate_one"] = self._gate("gate_one", environment)
        command = [DBT, "--quiet", "build", "--exclude-resource-type", "unit_test"]
        costs["dbt"] = cpu_of(command, environment, DBT_PROJECT)
        costs["gate_two"] = self._gate("gate_two", environment)
        return costs

    def _gate(self, name: str, environment: dict[str, str]) -> float:
        options = ["--database", str(self.place.warehouse), "--as-of", str(NEXT_DAY), "--docs", str(self.place.docs)]
        return cpu_of([sys.executable, "-m", "expectations", *GATES[name], *options], environment)


def days(short: History, long: History) -> list[Finding]:
    """The next day after a long history against the same day after a short one; a day with nothing new; and the cost of
    a row, (large day − small day) ÷ rows between them, which leaves out whatever starting costs: the job's against that
    of dbt build and the checks."""
    whole = in_turns(
        TURNS,
        long=lambda: long.next_day(DAY_ROWS),
        short=lambda: short.next_day(DAY_ROWS),
        nothing_new=lambda: short.next_day(0),
        large=lambda: short.next_day(LARGE_DAY),
    )
    per_row = statistics.median(large - small for large, small in zip(whole["large"], whole["short"], strict=True))
    per_part = parts_per_row(short)
    bare = per_part["dbt"] + per_part["gate_one"] + per_part["gate_two"]
    shares = ", ".join(f"{part} {seconds / bare:.2f}" for part, seconds in per_part.items())
    size = f"{ACCOUNTS} accounts, {DAY_ROWS:,} log-ins and {DAY_EVENTS:,} usage events a day"
    return [
        Finding(
            f"a day after {LONG_HISTORY} days of log-ins and usage events ÷ after {SHORT_HISTORY}",
            median_ratio(whole["long"], whole["short"]),
            1.2,
            size,
        ),
        Finding("CPU seconds of a day with nothing new", statistics.median(whole["nothing_new"]), 60, size),
        Finding(
            "CPU of a new row ÷ in dbt build and checks", per_row / bare, 2, f"{LARGE_DAY:,} log-ins in a day; {shares}"
        ),
    ]


def parts_per_row(history: History) -> dict[str, float]:
    """Part → CPU seconds that the rows of a large day cost beyond those of a small one."""
    extra = []
    for turn in range(TURNS):
        small, large = history.bare_day(DAY_ROWS), history.bare_day(LARGE_DAY)
        extra.append({part: large[part] - small[part] for part in large})
        told = ", ".join(f"{part} {small[part]:.2f} and {large[part]:.2f}" for part in large)
        say(f"{turn + 1}/{TURNS} parts of a small and a large day, CPU s: {told}")
    return {part: statistics.median(costs[part] for costs in extra) for part in extra[0]}
