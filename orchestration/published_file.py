"""What commands that ask the published file have in common: open it read-only, and refuse in plain words what it cannot
answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration.settings import DataDir, Refused

SCOPES = ("all", "product", "segment", "industry", "owner", "cohort_year")


@contextmanager
def published(data_dir: DataDir, *tables: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file; refused without it, or without one of the tables."""
    if not data_dir.published.exists():
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.")
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        there = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        for table in tables:
            if (table,) not in there:
                raise Refused(f"The published file has no {table} yet. `csw run` builds it.")
        yield connection


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, values: list | dict | None = None) -> list[dict]:
    cursor = connection.execute(query, values or [])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def currency_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The currency of all money in the marts."""
    return connection.execute("select min(currency) from marts.dim_account").fetchone()[0]


def chosen_scope(scope: str, value: str | None) -> tuple[str, str]:
    """What --scope and --value mean together."""
    if scope not in SCOPES:
        raise Refused(f"There is no scope '{scope}'. There are: {', '.join(SCOPES)}.")
    if scope == "all":
        if value not in (None, "all"):
            raise Refused(f"--value {value} needs a scope: --scope {' or '.join(SCOPES[1:])}.")
        return scope, "all"
    if value is None:
        raise Refused(f"--scope {scope} needs a --value, for example --scope segment --value smb.")
    return scope, value


def named(scope: str, value: str) -> str:
    return "the whole company" if scope == "all" else f"{scope.replace('_', ' ')} {value}"
