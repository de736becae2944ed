"""What `csw bridge FROM TO` shows: why expected NRR changed between two dates of the history. The steps are those of
marts.mart_expected_nrr_bridge, from the same macro."""

import datetime
from decimal import Decimal

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.published_file import chosen_scope, currency_of, named, published, rows_of
from orchestration.settings import DataDir, Refused
from orchestration.shared_sql import macros
from orchestration.words import more_money, percent

TABLES = ("marts.fct_expected_nrr", "marts.fct_level_rate", "marts.dim_book_scope")
# part -> what it says, in the order of the steps; those of a group are set in.
PARTS = {
    "mix": "Mix: accounts in both, rates of the first date",
    "size": "  they pay more or less",
    "level": "  success levels (credited to the owner)",
    "contract": "  contracts: term, time to renewal, agreed prices",
    "rate": "Rates: what the same cell lets expect",
    "book": "Book: who is in one book only",
    "left": "  who left",
    "came": "  who came",
    "residual": "Left unexplained",
}
REASONS = {
    "no_book_on_from_date": "nobody was in the book on the first date",
    "no_book_on_to_date": "nobody is in the book on the second date",
    "no_account_in_both_books": "no account is in both books",
}


def show_bridge(
    data_dir: DataDir, first: datetime.date, second: datetime.date, scope: str, value: str | None, console: Console
) -> None:
    """Raises Refused for a date that is not in the history, and for a scope nobody is in."""
    scope, value = chosen_scope(scope, value)
    if first >= second:
        raise Refused(f"FROM must lie before TO: {first} does not lie before {second}.")
    with published(data_dir, *TABLES, "marts.dim_account") as connection:
        for date in (first, second):
            refuse_unknown_date(connection, date)
        step = bridge_of(connection, first, second, scope, value)
        table = Table(title=headline(step), title_justify="left", title_style="bold", header_style="dim")
        for name, side in (("part", "left"), ("points", "right"), ("expected MRR", "right")):
            table.add_column(name, justify=side)
        currency = currency_of(connection)
        for part, says in PARTS.items():
            table.add_row(says, points(step[f"{part}_nrr"]), more_money(connection, step[f"{part}_mrr"], currency))
        changed = more_money(connection, step["change_mrr"], currency)
        table.add_row("Change", points(step["change_nrr"]), changed, style="bold")
    console.print(table, soft_wrap=False)
    if step["null_reason"]:
        console.print(f"No points: {REASONS[step['null_reason']]}.")
    if step["stand_in_mrr"]:
        share = percent(step["stand_in_mrr"] / step["mrr_to"])
        console.print(f"{share} of MRR is in cells that {first} did not know; a neighbouring cell of it stands in.")
    console.print(
        "Expected NRR, next 12 months, rolling: what the book of a day will pay in twelve months over what it pays now."
        " Parts are walked in the order left, size, level, contract, rate, came."
    )


def bridges(connection: duckdb.DuckDBPyConnection, first: datetime.date, second: datetime.date) -> list[dict]:
    """A row per scope, with the columns of the mart."""
    book, rates, scopes = TABLES
    return rows_of(
        connection,
        f"""with pairs as (select cast(? as date) as from_date, cast(? as date) as to_date),
        {macros().bridge_units("pairs", book, rates)},
        {macros().bridge_steps("bridge_units", scopes)}
        select * from bridge_steps order by scope_type, scope_value""",
        [first, second],
    )


def bridge_of(
    connection: duckdb.DuckDBPyConnection, first: datetime.date, second: datetime.date, scope: str, value: str
) -> dict:
    found = bridges(connection, first, second)
    for row in found:
        if (row["scope_type"], row["scope_value"]) == (scope, value):
            return row
    known = ", ".join(row["scope_value"] for row in found if row["scope_type"] == scope)
    raise Refused(
        f"Nobody of {named(scope, value)} is in the book on {first} or {second}. There are: {known or 'none'}."
    )


def refuse_unknown_date(connection: duckdb.DuckDBPyConnection, date: datetime.date) -> None:
    before, after, is_there = connection.execute(
        f"""select max(as_of_date) filter (where as_of_date < $1), min(as_of_date) filter (where as_of_date > $1),
                count(*) filter (where as_of_date = $1) > 0
            from {TABLES[0]}""",
        [date],
    ).fetchone()
    if is_there:
        return
    near = " and ".join(str(day) for day in (before, after) if day)
    if not near:
        raise Refused("The published history has no dates yet. `csw run` builds the first day.")
    raise Refused(
        f"{date} is not in the history. The nearest dates are {near}. History keeps every month end and the last days"
        " one by one; `csw backfill` adds others."
    )


def headline(step: dict) -> str:
    ends = [step["expected_nrr_from"], step["expected_nrr_to"]]
    rates = ["–" if rate is None else percent(rate) for rate in ends]
    return (
        f"Expected NRR of {named(step['scope_type'], step['scope_value'])}:"
        f" {rates[0]} on {step['from_date']}, {rates[1]} on {step['to_date']}"
    )


def points(rate: Decimal | None) -> str:
    return "–" if rate is None else f"{100 * rate:+.2f}" if rate else "0"
