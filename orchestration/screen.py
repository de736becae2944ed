"""What a person sees while a day is built: one line per step, then the summary, or in plain words why not."""

import datetime
import os
import sys
import time

import duckdb
import typer
from rich.console import Console

from orchestration.seeds import refuse_faulty_seeds
from orchestration.settings import DataDir, Refused

WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120

# These streams, also while a run's own logs go to a file. Sentences are not broken into lines; tables are.
console = Console(file=sys.stdout, highlight=False, soft_wrap=True, width=WIDTH)
errors = Console(file=sys.stderr, highlight=False, soft_wrap=True, width=WIDTH)


def build(
    data_dir: DataDir,
    as_of: datetime.date,
    overrides: dict[str, str],
    dates: tuple[datetime.date, datetime.date] | None,
    debug: bool,
) -> None:
    """Build and publish a day. Raises Refused when it cannot start, typer.Exit(1) when it was not published."""
    refuse_empty_landing(data_dir)
    refuse_faulty_seeds()
    prepare_manifest()
    from orchestration.execute import build_day  # loading Dagster takes seconds; --help and refusals do not wait for it

    day = build_day(data_dir, as_of, overrides, lambda line: console.print(line, markup=False), dates)
    if day.is_published:
        console.print(f"{day.as_of} is published.", style="bold green")
        summarise(data_dir)
        warn(day.warning)
        return
    errors.print(f"\n[bold red]{day.as_of} was not published:[/] step '{day.failed_step}' failed.")
    errors.print(day.error, style="red", markup=False)
    errors.print(advice(data_dir), markup=False)
    if debug and day.trace:
        errors.print(day.trace, markup=False)
    warn(day.warning)
    raise typer.Exit(1)


def refuse_empty_landing(data_dir: DataDir) -> None:
    if not data_dir.has_landing():
        raise Refused(
            f"There is nothing in {data_dir.landing} yet. Put the exports there, one folder per source"
            " (accounts/, contracts/, logins/, surveys/), or let `csw sample` write a made-up company."
        )


def prepare_manifest() -> None:
    from orchestration import manifest

    started = time.perf_counter()
    if manifest.prepare():
        console.print(f"{'models read (dbt parse)':<32} done    {time.perf_counter() - started:6.1f} s")


def summarise(data_dir: DataDir) -> None:
    from orchestration.summary import show_summary

    try:
        show_summary(data_dir, console)
    except duckdb.Error as error:  # readers have the new file; only this page could not be written
        errors.print(f"The summary cannot be shown: {error}", style="red", markup=False)


def warn(warning: str | None) -> None:
    if warning:
        errors.print(f"Warning: {warning}", style="yellow", markup=False)


def advice(data_dir: DataDir) -> str:
    is_there = data_dir.published.exists()
    stays = "Readers still see the file published before." if is_there else "Nothing is published yet."
    return (
        f"{stays} Correct the file in landing (or the model, or the rule) and run again."
        f"\n`csw status` lists what failed, `csw quarantine` the rows left out; details: {data_dir.logs / 'run.log'}"
    )
