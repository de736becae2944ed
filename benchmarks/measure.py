"""How things are measured: CPU seconds (user + system) of this process or of a whole process tree, in pairs that take
turns, so that what else the machine does weighs on both sides alike. Only ratios leave this package."""

import os
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.settings import ROOT


@dataclass(frozen=True)
class Finding:
    """The answer to one question: a figure against its target, and what it was made of."""

    question: str
    figure: float
    target: float
    made_of: str

    @property
    def is_met(self) -> bool:
        return self.figure <= self.target


def say(message: str) -> None:
    print(f"  {message}", flush=True)


def show(found: list[Finding], title: str) -> None:
    table = Table(title=title)
    for heading in ("question", "measured", "target", "", "made of"):
        table.add_column(heading)
    for finding in found:
        verdict = "[green]met[/]" if finding.is_met else "[red]missed[/]"
        table.add_row(finding.question, f"{finding.figure:.2f}", f"≤ {finding.target:g}", verdict, finding.made_of)
    Console().print(table)


def cpu_here(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all threads, while `work` runs."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    return _seconds(resource.getrusage(resource.RUSAGE_SELF)) - _seconds(before)


def cpu_of(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> float:
    """CPU seconds of a command and everything it started and waited for. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.read()[-4000:]}")
    return _seconds(usage)


def clean_environment() -> dict[str, str]:
    """This process's environment without what points at a warehouse."""
    ours = ("CSW_", "DBT_", "DAGSTER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def in_turns(repetitions: int, **works: Callable[[], float]) -> dict[str, list[float]]:
    """Each of the works once, then each again, …: name → what it cost each time."""
    costs: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repetitions):
        for name, work in works.items():
            costs[name].append(work())
            say(f"{turn + 1}/{repetitions} {name}: {costs[name][-1]:.2f} CPU s")
    return costs


def median_ratio(above: list[float], below: list[float]) -> float:
    """The median over the pairs of one turn."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def _seconds(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime
