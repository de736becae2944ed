"""`csw`: a thin, friendly door. Commands parse what a person typed, call the module that does it, and say how it ended.
Exit code 0 means the day was published (or the question answered), anything else that it was not."""

import datetime
import functools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from orchestration.actions import Language, show_actions
from orchestration.export import Format, write_export
from orchestration.screen import build, console, errors
from orchestration.settings import DataDir, Refused, default_data_dir, parse_overrides, yesterday

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
    help="The Customer Success Warehouse: next year's net revenue retention, today.",
)

DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", help="Everything of one warehouse. [default: data, or $CSW_DATA_DIR]")
]
DateOption = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="Last day covered. [default: yesterday in the business time zone]"
    ),
]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="Override a policy: policy=value. May be repeated.")]
ScopeOption = Annotated[str, typer.Option(help="all, product, segment, industry, owner or cohort_year.")]
ValueOption = Annotated[str | None, typer.Option(help="Which of them, for example smb.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show Python's traceback when something fails.")]


def plainly(command: Callable) -> Callable:
    """Errors in plain words and exit code 1; the traceback only with --debug."""

    @functools.wraps(command)
    def run_command(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except typer.Exit:
            raise
        except Exception as error:
            if kwargs.get("debug"):
                traceback.print_exc()
            elif not isinstance(error, Refused):
                errors.print("[bold red]Something unexpected went wrong[/] (--debug shows where):", end=" ")
            errors.print(str(error) or type(error).__name__, style="red", markup=False)
            raise typer.Exit(1) from None

    return run_command


def place(data_dir: Path | None) -> DataDir:
    return DataDir(data_dir) if data_dir else default_data_dir()


@app.command()
@plainly
def run(
    as_of: DateOption = None, data_dir: DataDirOption = None, set_: SetOption = None, debug: DebugOption = False
) -> None:
    """Build and publish one day: landing → raw → checks → dbt → checks → published file."""
    day = as_of.date() if as_of else yesterday()
    build(place(data_dir), day, parse_overrides(set_ or []), None, debug)


@app.command()
@plainly
def backfill(
    first: Annotated[datetime.datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day to refill.")],
    last: Annotated[datetime.datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day to refill.")],
    data_dir: DataDirOption = None,
    set_: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Refill dated rows of past days in one run. Marts without a date stay at the newest day."""
    if last < first:
        raise Refused(f"The range is empty: --from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}.")
    build(place(data_dir), last.date(), parse_overrides(set_ or []), (first.date(), last.date()), debug)


@app.command()
@plainly
def sample(
    accounts: Annotated[int, typer.Option(help="Number of customers.", min=1)] = 400,
    months: Annotated[int, typer.Option(help="Months of history.", min=1)] = 48,
    end_date: Annotated[
        datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day. [default: yesterday]")
    ] = None,
    data_dir: DataDirOption = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 20260101,
    debug: DebugOption = False,
) -> None:
    """Write the made-up company into landing. An own landing is never touched."""
    target = place(data_dir)
    if target.has_landing():
        raise Refused(f"{target.landing} is not empty; the sample company is only written into an empty one.")
    from orchestration.sample import write_sample

    day = end_date.date() if end_date else yesterday()
    written = write_sample(target.landing, accounts=accounts, months=months, end_date=day, seed=seed)
    console.print(f"{accounts:,} made-up customers, {months} months up to {day}, in {len(written.files)} files.")
    console.print(f"They are in {target.landing}; `csw run` builds the day.", markup=False)


@app.command()
@plainly
def status(data_dir: DataDirOption = None, debug: DebugOption = False) -> None:
    """The last runs, what failed in the last one, how fresh the sources are, and the published file."""
    from orchestration.reports import show_status

    show_status(place(data_dir), console)


@app.command()
@plainly
def quarantine(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Rows that were not loaded: why, how many, and an example of each."""
    from orchestration.reports import show_quarantine

    show_quarantine(place(data_dir), source, console)


@app.command("score-compare")
@plainly
def score_compare(
    version_a: Annotated[str, typer.Argument(metavar="A", help="A profile_version of seeds/health_profiles.csv.")],
    version_b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Two versions of the health score over the same history: who changes band, and which predicts churn better."""
    from orchestration.score_compare import show_comparison

    show_comparison(place(data_dir), version_a, version_b, console)


@app.command()
@plainly
def bridge(
    first: Annotated[datetime.datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%d"], help="Earlier date.")],
    second: Annotated[datetime.datetime, typer.Argument(metavar="TO", formats=["%Y-%m-%d"], help="Later date.")],
    scope: ScopeOption = "all",
    value: ValueOption = None,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Why expected NRR changed between two dates: mix (sizes, levels, contracts), rates, and who came or left."""
    from orchestration.bridge import show_bridge

    show_bridge(place(data_dir), first.date(), second.date(), scope, value, console)


@app.command("what-if")
@plainly
def what_if(
    move: Annotated[list[str], typer.Option(help="Levels, from:to, for example 2:3. May be repeated.")],
    accounts: Annotated[list[int], typer.Option(help="How many accounts move; one number for each --move.")],
    scope: ScopeOption = "all",
    value: ValueOption = None,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Expected NRR if so many accounts stood on another success level."""
    from orchestration.what_if import parse_moves, show_what_if

    show_what_if(place(data_dir), parse_moves(move, accounts), scope, value, console)


@app.command()
@plainly
def actions(
    owner: Annotated[str | None, typer.Option(help="Only the customers of this owner; 'nobody': of none.")] = None,
    lang: Annotated[Language, typer.Option(help="English or Japanese.")] = Language.en,
    top: Annotated[int, typer.Option(help="How many to show.", min=1)] = 20,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all of them to a file for a sheet.")] = None,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Whom to call today, why in words, what is at stake and by when: most urgent first."""
    show_actions(place(data_dir), console, owner, lang, top, csv)


@app.command()
@plainly
def digest(
    json: Annotated[bool, typer.Option("--json", help="As a webhook or a command gets it.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it to CSW_NOTIFY_URL and CSW_NOTIFY_COMMAND.")] = False,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """What the last run told, or would have told, those who asked for it: figures, changes, actions, problems."""
    from orchestration.digest import show_digest

    show_digest(place(data_dir), json, send, console)


@app.command()
@plainly
def report(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="HTML file to write.")] = Path("report.html"),
    lang: Annotated[Language, typer.Option(help="English or Japanese.")] = Language.en,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """The overview page as one file that opens anywhere, without a server and without a network."""
    from dashboard.report import write_report

    write_report(place(data_dir), path, lang.value)
    console.print(f"The report is in {path}.", markup=False)


@app.command()
@plainly
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if it is not there.")],
    format_: Annotated[Format, typer.Option("--format", help="Files for tools, for sheets, a workbook.")] = (
        Format.parquet
    ),
    lang: Annotated[Language, typer.Option(help="Of the workbook: English or Japanese.")] = Language.en,
    table: Annotated[list[str] | None, typer.Option(help="Only this table. May be repeated.")] = None,
    data_dir: DataDirOption = None,
    debug: DebugOption = False,
) -> None:
    """Every mart and seed as Parquet or CSV, the headline marts as an Excel workbook, in place of an earlier export."""
    write_export(place(data_dir), folder, format_, lang, table or [], console)


@app.command()
@plainly
def doctor(data_dir: DataDirOption = None, debug: DebugOption = False) -> None:
    """Look for what would stop a run: versions, landing, lock, manifest, disk, published file."""
    from orchestration.doctor import show_doctor

    if not show_doctor(place(data_dir), console):
        raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="csw")
