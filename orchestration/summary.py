"""The page a customer-success leader reads when a run has ended. Reads the published file only: what is printed here is
what every reader sees. A number that is not there is named with its reason, never shown as 0."""

import json
from collections.abc import Iterator

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.settings import DataDir
from orchestration.words import Row, money, no_data, number, one, percent


def show_summary(data_dir: DataDir, console: Console) -> None:
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        run = one(connection, "select * from quality.run where status = 'published' order by ended_at desc limit 1")
        table = Table(title=f"Customer success on {run['as_of_date']}", title_style="bold", show_header=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, definition, value in business(connection):
            table.add_row(f"{name}\n[not bold dim]{definition}[/]" if definition else name, value)
        table.add_section()
        for name, value in workings(connection, run):
            table.add_row(name, value)
        console.print(table, soft_wrap=False)
    console.print("Open the numbers in a BI tool, read-only (DuckDB 1.4 or newer), for example:")
    console.print(f"  duckdb -readonly '{data_dir.published}'", markup=False)
    console.print(
        f"  python -c \"import duckdb; duckdb.connect('{data_dir.published}', read_only=True)\"", markup=False
    )
    console.print(
        "Start with marts.mart_retention, marts.mart_expected_nrr, marts.mart_account_360; every column is described."
    )


def business(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """What the business asks, line by line: name, definition, value."""
    retention = one(
        connection,
        """select * from marts.mart_retention
           where definition = 'cohort_p2p' and horizon_months = 12 and scope_type = 'all'
           order by period_end_date desc limit 1""",
    )
    yield "MRR", "a month, late renewals included", mrr(connection)
    yield "NRR, last 12 months", "what customers of a year ago pay now", rate_in_grace(retention, "nrr")
    yield "GRR, last 12 months", "the same without their growth", rate_in_grace(retention, "grr")
    yield "Customers lost, last 12 months", "of those who paid a year ago", churn(retention)
    yield "Expected NRR, next 12 months, rolling", "what today's customers will pay in a year", expected_nrr(connection)
    yield "Accounts per success level", "", levels(connection)
    yield "Accounts per health band", "", bands(connection)
    yield "NPS, last 12 months", "share of 9-10 minus share of 0-6", nps(connection)


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


def mrr(connection: duckdb.DuckDBPyConnection) -> str:
    row = one(
        connection,
        """select sum(mrr) as mrr, count(*) filter (mrr > 0) as customers, any_value(currency) as currency
           from marts.dim_account""",
    )
    if row["mrr"] is None:
        return no_data("no accounts")
    return f"{money(connection, row['mrr'], row['currency'])} from {number(row['customers'])} customers"


def rate_in_grace(retention: Row | None, key: str) -> str:
    """The rate; as a range while some renewals are late but still inside their grace."""
    if retention is None or retention[key] is None:
        return no_data(retention and retention["null_reason"] or "less than 12 months of history")
    text = percent(retention[key])
    confirmed = retention[f"{key}_confirmed"]
    if confirmed is not None and confirmed != retention[key]:
        text = f"{percent(confirmed)} to {text} (late renewals are still inside their grace)"
    return text


def churn(retention: Row | None) -> str:
    if retention is None or retention["logo_retention"] is None:
        return no_data(retention and retention["null_reason"] or "less than 12 months of history")
    lost = retention["accounts"] - retention["retained_accounts"]
    return f"{percent(1 - retention['logo_retention'])} ({number(lost)} of {number(retention['accounts'])} customers)"


def expected_nrr(connection: duckdb.DuckDBPyConnection) -> str:
    row = one(
        connection, "select * from marts.mart_expected_nrr where scope_type = 'all' order by as_of_date desc limit 1"
    )
    if row is None or row["expected_nrr"] is None:
        return no_data(row and row.get("null_reason") or "no customers")
    if row["basis"] == "assumed":
        return f"{percent(row['expected_nrr'])} (assumed, no history yet)"
    text = percent(row["expected_nrr"])
    if row["expected_nrr_low"] is not None:
        text += f", nine times in ten between {percent(row['expected_nrr_low'])} and {percent(row['expected_nrr_high'])}"
    return f"{text} ({past_forecasts(row)})"


NAIVE = {
    "worse_than_trailing_nrr": "trailing NRR was closer",
    "worse_than_no_change": "expecting 100 % was closer",
    "worse_than_both": "trailing NRR and 100 % were both closer",
}


def past_forecasts(row: Row) -> str:
    """How far off the same kind of forecast has been, and whether none would have been better."""
    if not row["past_forecasts"]:
        return "no year has passed yet to compare a forecast with"
    text = f"past forecasts: {100 * row['past_mae']:.1f} points off on average, bias {100 * row['past_bias']:+.1f}"
    warning = NAIVE.get(row["past_verdict"])
    return f"{text}; {warning}" if warning else text


def levels(connection: duckdb.DuckDBPyConnection) -> str:
    name = "coalesce(success_level::varchar, 'unknown')"
    return counts(connection, "fct_success_level", name, "success_level", "success_level is null")


def bands(connection: duckdb.DuckDBPyConnection) -> str:
    place = "list_position(['green', 'yellow', 'red', 'no_data'], band)"
    return counts(connection, "fct_health_score", "replace(band, '_', ' ')", place, "band = 'no_data'")


def counts(connection: duckdb.DuckDBPyConnection, mart: str, name: str, place: str, is_unknown: str) -> str:
    """Accounts per value on the newest day, in order of `place`, and why the value is unknown where it is."""
    newest = f"marts.{mart} where product_id = 'all' and as_of_date = (select max(as_of_date) from marts.{mart})"
    found = connection.execute(
        f"select {name}, count(*), {place} as place from {newest} group by all order by place nulls last"
    ).fetchall()
    if not found:
        return no_data("no customers")
    reason = connection.execute(f"select mode(null_reason) from {newest} and {is_unknown}").fetchone()[0]
    text = " · ".join(f"{value}: {number(count)}" for value, count, _ in found)
    return f"{text} ({no_data(reason)})" if reason else text


def nps(connection: duckdb.DuckDBPyConnection) -> str:
    row = one(connection, "select * from marts.mart_nps where period_type = 'last_12_months' and scope_type = 'all'")
    if row is None or not row["responses"]:
        return no_data("no survey answers")
    if not row["is_reportable"]:
        return no_data(f"only {number(row['responses'])} answers, too few to report")
    return f"{row['nps']:+.1f} ({number(row['responses'])} answers)"
