"""What `csw what-if --move 2:3 --accounts 10` shows: expected NRR if so many accounts stood on another success level.
The effects are those of marts.mart_what_if; nothing is estimated here, only added up."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.published_file import chosen_scope, currency_of, named, published, rows_of
from orchestration.settings import DataDir, Refused
from orchestration.words import money, more_money, number

MART = "marts.mart_what_if"


@dataclass(frozen=True)
class Move:
    from_level: int
    to_level: int
    accounts: int


def parse_moves(moves: list[str], accounts: list[int]) -> list[Move]:
    """`["2:3"]`, `[10]` → ten accounts from level 2 to level 3."""
    if len(moves) != len(accounts) or not moves:
        raise Refused("Each --move needs its --accounts, for example --move 2:3 --accounts 10.")
    parsed = []
    for move, count in zip(moves, accounts, strict=True):
        levels = move.split(":")
        if len(levels) != 2 or not all(level.strip().isdecimal() for level in levels):
            raise Refused(f"--move takes two levels, from:to, for example 2:3, not '{move}'.")
        if count < 0:
            raise Refused(f"--accounts counts accounts: {count} is less than none.")
        parsed.append(Move(int(levels[0]), int(levels[1]), count))
    return parsed


def show_what_if(data_dir: DataDir, moves: list[Move], scope: str, value: str | None, console: Console) -> None:
    """Raises Refused for a move the book does not allow."""
    scope, value = chosen_scope(scope, value)
    with published(data_dir, MART, "marts.dim_account") as connection:
        effects = effects_of(connection, scope, value)
        refuse_impossible(effects, moves, named(scope, value))
        first = next(iter(effects.values()))
        currency = currency_of(connection)
        title = f"What if, {named(scope, value)}, on {first['as_of_date']}"
        table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
        for name, side in (("", "left"), ("expected MRR", "right"), ("expected NRR", "right")):
            table.add_column(name, justify=side)
        mrr, expected = first["scope_mrr"], first["scope_expected_mrr"]
        table.add_row("Today", money(connection, whole(expected), currency), rate(expected, mrr))
        for move in moves:
            gain = gain_of(effects, move)
            of = f"{number(move.accounts)} of {number(available(effects, move))}"
            says = f"{of}: level {move.from_level} → {move.to_level}"
            table.add_row(says, more_money(connection, gain, currency), f"{100 * gain / mrr:+.2f} points")
        then = expected_then(effects, moves)
        table.add_row("Then", money(connection, whole(then), currency), rate(then, mrr), style="bold")
    console.print(table, soft_wrap=False)
    console.print(f"{first['note_en']}. Accounts of average gain; who they are: marts.fct_expected_nrr.")


def effects_of(connection: duckdb.DuckDBPyConnection, scope: str, value: str) -> dict[tuple[int, int], dict]:
    query = f"select * from {MART} where scope_type = ? and scope_value = ? order by from_level, to_level"
    rows = rows_of(connection, query, [scope, value])
    if not rows:
        found = connection.execute(
            f"select distinct scope_value from {MART} where scope_type = ? order by 1", [scope]
        ).fetchall()
        known = ", ".join(name for (name,) in found)
        raise Refused(f"No account of {named(scope, value)} has a known level today. There are: {known or 'none'}.")
    return {(row["from_level"], row["to_level"]): row for row in rows}


def refuse_impossible(effects: dict[tuple[int, int], dict], moves: list[Move], where: str) -> None:
    asked = Counter()
    for move in moves:
        if (move.from_level, move.to_level) not in effects:
            known = ", ".join(f"{start}:{end}" for start, end in effects)
            raise Refused(
                f"Nobody of {where} can move from level {move.from_level} to {move.to_level}. Moves there are: {known}."
            )
        asked[move.from_level] += move.accounts
        there = available(effects, move)
        if asked[move.from_level] > there:
            raise Refused(
                f"{number(asked[move.from_level])} accounts cannot leave level {move.from_level} of {where}:"
                f" {number(there)} stand on it today."
            )


def available(effects: dict[tuple[int, int], dict], move: Move) -> int:
    return effects[move.from_level, move.to_level]["accounts"]


def gain_of(effects: dict[tuple[int, int], dict], move: Move) -> Decimal:
    return move.accounts * effects[move.from_level, move.to_level]["mean_gain_mrr"]


def expected_then(effects: dict[tuple[int, int], dict], moves: list[Move]) -> Decimal:
    """Expected MRR of the scope after the moves, in fractions of minor units."""
    first = next(iter(effects.values()))
    return first["scope_expected_mrr"] + sum(gain_of(effects, move) for move in moves)


def whole(amount: Decimal) -> int:
    return int(amount.to_integral_value())


def rate(expected: Decimal, mrr: int) -> str:
    return f"{100 * expected / mrr:.2f} %"
