"""Numbers as people write them, and rows by column name: for the summary."""

from decimal import Decimal
from typing import Any

import duckdb

Row = dict[str, Any]


def one(connection: duckdb.DuckDBPyConnection, query: str) -> Row | None:
    """The first row by column name; None when there is none."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    values = cursor.fetchone()
    return dict(zip(names, values, strict=True)) if values else None


def money(connection: duckdb.DuckDBPyConnection, minor: int, currency: str) -> str:
    """Minor units as people write them: 1,234,567 JPY, 6,272.31 USD."""
    digits = connection.execute(
        "select minor_digits from reference.currencies where currency = ?", [currency]
    ).fetchone()[0]
    return f"{minor / 10**digits:,.{digits}f} {currency}"


def more_money(connection: duckdb.DuckDBPyConnection, minor: Decimal, currency: str) -> str:
    """A change, in fractions of minor units, with its sign: +1,234 JPY."""
    whole = int(minor.to_integral_value())
    return ("+" if whole > 0 else "") + money(connection, whole, currency)


def number(value: int | None) -> str:
    return f"{value or 0:,}"


def percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def no_data(reason: str | None) -> str:
    return f"no data: {(reason or 'unknown').replace('_', ' ')}"
