"""Rows for any declared source, made up from the types of its columns: text as a file has it, and SQL that puts the
same text into raw tables."""

import re
from pathlib import Path

from orchestration.sources import SQL_TYPES, Column, Source

STAGING = Path(__file__).parents[1] / "models" / "staging"

GOOD = {
    "string": "words",
    "currency": "JPY",
    "integer": "7",
    "bigint": "7",
    "money": "7",
    "decimal": "7.5",
    "boolean": "true",
    "date": "2024-03-31",
    "timestamp": "2024-03-31 09:00:00",
}


def good_value(column: Column, number: int) -> str:
    """Text that the column takes; ids differ from row to row, but the accounts are a1 and a2."""
    if column.name == "account_id":
        return f"a{1 + number % 2}"
    if column.type == "id":
        return f"{column.name}{number}"
    # What ends, ends after all other days.
    return "2025-03-31" if column.end else GOOD[column.type]


def delivered_columns(source: Source) -> list[Column]:
    """The columns that a file can hold."""
    return [column for column in source.columns.values() if column.constant is None]


def delivered_sql(source: Source, rows: int, loaded: str) -> str:
    """SQL: the raw table with rows of one file, the file's line in the books, and the staging model on top."""
    columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in source.columns.values())
    file = f"{source.name}.csv"
    values = []
    for number in range(rows):
        told = ", ".join(f"'{good_value(column, number)}'" for column in source.columns.values())
        values.append(f"({told}, '{file}', {number}, {loaded}, '{file}')")
    staging = (STAGING / f"stg_{source.name}.sql").read_text(encoding="utf-8")
    staging = re.sub(r"\{\{ source\('raw', '(\w+)'\) \}\}", r"raw.\1", staging)
    return f"""
        create table raw.{source.name} ({columns},
            _source_file varchar, _row_number bigint, _loaded_at timestamp, _delivery varchar);
        insert into raw.{source.name} values {", ".join(values)};
        insert into raw.loaded_files
            values ('{source.name}', '{file}', '{file}', 'loaded', null, {rows}, {rows}, 0, 6, null);
        create view staging.stg_{source.name} as {staging};"""


def faulty_row_sql(source: Source) -> str:
    """SQL: one more row in that file, without any required value and below every minimum; a value that is required and
    has a minimum is below it there, and taken from another row."""
    below = {column.name: column.minimum - 1 for column in source.columns.values() if column.minimum is not None}
    taken = [name for name in below if source.columns[name].required]
    updates = [f"update raw.{source.name} set {name} = null where _row_number = 0;" for name in taken]
    return f"""
        insert into raw.{source.name} ({", ".join([*below, "_source_file", "_delivery"])})
            values ({", ".join([*map(str, below.values()), f"'{source.name}.csv'", f"'{source.name}.csv'"])});
        {" ".join(updates)}"""
