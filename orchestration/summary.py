"""The page a customer-success leader reads when a run has ended. Reads the published file only: what is printed here is
what every reader sees. A number that is not there is named with its reason, never shown as 0."""

import json
from collections.abc import Iterator

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.published_file import rows_of
from orchestration.settings import DataDir
from orchestration.words import Row, money, no_data, number, one, percent


def show_summary(data_dir: DataDir, console: Console) -> None:
    show_figures(data_dir, console)
    show_way_in(str(data_dir.published), console)


def show_figures(data_dir: DataDir, console: Console) -> None:
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        run = one(connection, "select * from quality.run where status = 'published' order by ended_at desc limit 1")
        table = Table(title=f"Customer success on {run['as_of_date']}", title_style="bold", show_header=False)
        table.add_column(style="bold", max_width=46)
        table.add_column(overflow="fold")
        for name, definition, value in business(connection):
            table.add_row(f"{name}\n[not bold dim]{definition}[/]" if definition else name, value)
        table.add_section()
        for name, value in workings(connection, run):
            table.add_row(name, value)
        console.print(table, soft_wrap=False)


def show_way_in(published: str, console: Console) -> None:
    console.print("Open the numbers in a BI tool, read-only (DuckDB 1.4 or newer), for example:")
    console.print(f"  duckdb -readonly '{published}'", markup=False)
    console.print(f"  python -c \"import duckdb; duckdb.connect('{published}', read_only=True)\"", markup=False)
    console.print(
        "Start with marts.mart_headline, marts.mart_expected_nrr, marts.mart_account_360; every column is described."
    )


def business(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """What the business asks, line by line: name, definition, value."""
    for headline in rows_of(connection, "select * from marts.mart_headline order by position"):
        yield headline["label_en"], headline["formula_en"], figure(connection, headline)
    yield "Accounts per success level", "", levels(connection)
    yield "Accounts per health band", "", bands(connection)


def workings(connection: duckdb.DuckDBPyConnection, run: Row) -> Iterator[tuple[str, str]]:
    """What the job did."""
    all_rows = one(
        connection, "select sum(rows_loaded) as loaded, sum(rows_quarantined) as kept_out from quality.loaded_file"
    )
    yield (
        "Rows loaded, in quarantine",
        (
            f"this run {number(run['rows_loaded'])}, {number(run['rows_quarantined'])};"
            f" in all {number(all_rows['loaded'])}, {number(all_rows['kept_out'])}"
        ),
    )
    hint = " (`csw status` names them)" if run["checks_warned"] else ""
    yield (
        "Checks passed / warned / failed",
        f"{run['checks_passed']} / {run['checks_warned']} / {run['checks_failed']}{hint}",
    )
    seconds = json.loads(run["step_seconds"] or "{}")
    yield "Time", ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())


RANGES = {
    "renewal_grace": "{low} to {high} (late renewals are still inside their grace)",
    "late_counted": "{value} (not final: who is late with a renewal still counts)",
    "interval_90": "{value}, nine times in ten between {low} and {high}",
    "interval_95": "{value}, 19 times in 20 between {low} and {high}",
}


def figure(connection: duckdb.DuckDBPyConnection, headline: Row) -> str:
    """The figure with its range, how many customers it is about, and what the plan asks for."""
    if headline["value"] is None:
        return no_data(headline["null_reason"])
    value, low, high, due = (
        amount(connection, headline, column) for column in ("value", "value_low", "value_high", "due_value")
    )
    text = RANGES.get(headline["range_reason"], "{value}").format(value=value, low=low, high=high)
    text += f"; {number(headline['accounts'])} {'customer' if headline['accounts'] == 1 else 'customers'}"
    if headline["progress_status"]:
        text += f"; {headline['progress_status']} plan ({due})"
    return f"{text}; {past_forecasts(connection, headline)}" if headline["basis"] else text


def amount(connection: duckdb.DuckDBPyConnection, headline: Row, column: str) -> str | None:
    value, unit = headline[column], headline["unit"]
    if value is None:
        return None
    if unit == "money":
        return money(connection, int(value), headline["currency"])
    return percent(value) if unit == "rate" else f"{value:+.1f}"


NAIVE = {
    "worse_than_trailing_nrr": "trailing NRR was closer",
    "worse_than_no_change": "expecting 100 % was closer",
    "worse_than_both": "trailing NRR and 100 % were both closer",
}


def past_forecasts(connection: duckdb.DuckDBPyConnection, headline: Row) -> str:
    """How far off the same kind of forecast has been, and whether none would have been better."""
    if headline["basis"] == "assumed":
        return "assumed, no history yet"
    query = "from marts.mart_expected_nrr where scope_type = 'all' order by as_of_date desc limit 1"
    row = one(connection, query)
    if not row["past_forecasts"]:
        return "no year has passed yet to compare a forecast with"
    text = f"past forecasts: {100 * row['past_mae']:.1f} points off on average, bias {100 * row['past_bias']:+.1f}"
    warning = NAIVE.get(headline["past_verdict"])
    return f"{text}; {warning}" if warning else text


def levels(connection: duckdb.DuckDBPyConnection) -> str:
    name = "coalesce(success_level::varchar, 'unknown')"
    return counts(connection, "marts.fct_success_level", name, "success_level", "success_level is null")


def bands(connection: duckdb.DuckDBPyConnection) -> str:
    place = "list_position(['green', 'yellow', 'red', 'no_data'], band)"
    return counts(connection, "marts.fct_health_score", "replace(band, '_', ' ')", place, "band = 'no_data'")


def counts(connection: duckdb.DuckDBPyConnection, mart: str, name: str, place: str, is_unknown: str) -> str:
    """Accounts per value on the published day, in order of `place`, and why the value is unknown where it is."""
    newest = f"{mart} where product_id = 'all' and as_of_date = (select max(as_of_date) from marts.mart_headline)"
    found = connection.execute(
        f"select {name}, count(*), {place} as place from {newest} group by all order by place nulls last"
    ).fetchall()
    if not found:
        return no_data("no customers")
    reason = connection.execute(f"select mode(null_reason) from {newest} and {is_unknown}").fetchone()[0]
    text = " · ".join(f"{value}: {number(count)}" for value, count, _ in found)
    return f"{text} ({no_data(reason)})" if reason else text
