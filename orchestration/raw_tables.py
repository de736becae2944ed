"""The raw schema: its tables as the declarations have them, and the days that a change of their rows touches."""

import duckdb

from orchestration.sources import SQL_TYPES, DeclarationError, Source
from orchestration.text_macros import text

Connection = duckdb.DuckDBPyConnection
# Columns of every landed table, with what they say.
LINEAGE = {
    "_source_file": ("VARCHAR", "Landing file the row came from."),
    "_row_number": ("BIGINT", "Number of the row in that file, header not counted."),
    "_loaded_at": ("TIMESTAMP", "When it was loaded, UTC."),
    "_delivery": ("VARCHAR", "Sort key of the delivery; the greatest is the newest."),
}
BOOKS = {
    "loaded_files": """source varchar, source_file varchar, file_hash varchar, delivery varchar, file_format varchar,
        status varchar, error varchar, rows_in bigint, rows_loaded bigint, rows_quarantined bigint,
        unknown_columns varchar, load_seq bigint, loaded_at timestamp, is_in_landing boolean, note varchar""",
    "quarantine": """source varchar, source_file varchar, row_number bigint, column_name varchar, reason varchar,
        raw_text varchar, file_hash varchar, loaded_at timestamp""",
    "touched_days": "source varchar, day date, load_seq bigint",
    "build_state": "applied_load_seq bigint, as_of_date date, config_hash varchar",
    "backfill_ranges": "from_date date, to_date date",
    "landing_state": "source varchar, source_file varchar, fingerprint varchar, digest varchar",
}


def prepare(connection: Connection, sources: dict[str, Source]) -> None:
    """Create what is absent and follow changed declarations. Raises DeclarationError for SQL that does not work."""
    connection.execute("create schema if not exists raw")
    for name, columns in BOOKS.items():
        connection.execute(f"create table if not exists raw.{name} ({columns})")
    for source in sources.values():
        if source.name in BOOKS:
            raise DeclarationError(f"sources/{source.name}.yml: this name is taken by ingestion itself; rename it")
        columns = ", ".join(f"{n} {t}" for n, t in _table_columns(source).items())
        _run(connection, source, "columns", f"create table if not exists raw.{source.name} ({columns})")
        _follow(connection, source)
        for key, sql in [("day", source.day or "null"), *(("row_rules", rule["rule"]) for rule in source.row_rules)]:
            _run(connection, source, key, f"select {sql} from raw.{source.name} limit 0")


def _run(connection: Connection, source: Source, key: str, sql: str) -> None:
    try:
        connection.execute(sql)
    except duckdb.Error as error:
        raise DeclarationError(f"sources/{source.name}.yml: key '{key}' makes no SQL that works: {error}") from error


def _table_columns(source: Source) -> dict[str, str]:
    declared = {column.name: SQL_TYPES[column.type] for column in source.columns.values()}
    return declared | {name: kind for name, (kind, _) in LINEAGE.items()}


def _follow(connection: Connection, source: Source) -> None:
    """Give the raw table exactly the declared columns and lineage; rows already there keep what still has a place."""
    table = f"raw.{source.name}"
    wanted = _table_columns(source)
    present = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
    for name, sql_type in wanted.items():
        if name not in present:
            connection.execute(f"alter table {table} add column {name} {sql_type}")
        elif present[name] != sql_type:
            connection.execute(f"alter table {table} alter {name} type {sql_type} using try_cast({name} as {sql_type})")
    for name in sorted(present.keys() - wanted.keys()):
        connection.execute(f"alter table {table} drop column {name}")


class Touched:
    """The days that a change of raw touches: looked at before and after it, written by `record`."""

    def __init__(self, connection: Connection, source: Source, files: list[str]):
        self.connection, self.source, self.files = connection, source, files
        connection.execute(f"create or replace temp table before as {self._rows()}")

    def record(self, load_seq: int) -> None:
        self.connection.execute(f"create or replace temp table after as {self._rows()}")
        days = "select _day from before union select _day from after"
        if self.source.delivery == "full":
            days = _days_of_differences(self.source)
        self.connection.execute(
            f"insert into raw.touched_days select distinct ?, _day, ? from ({days})", [self.source.name, load_seq]
        )

    def _rows(self) -> str:
        """full: the rows that count, as only a difference in them matters. append: the days of the files' rows, and
        of rows elsewhere with the same natural key, since another of them may now be the newest."""
        source, table, key = self.source, f"raw.{self.source.name}", ", ".join(self.source.natural_key)
        day = f"cast({source.day or source.counts_from or 'null'} as date) as _day"
        if source.delivery == "full":
            return f"""select {", ".join(source.columns)}, {day} from {table}
                where _delivery = (select max(_delivery) from {table})
                qualify row_number() over
                    (partition by {key} order by _delivery desc, _source_file desc, _row_number desc) = 1"""
        ours = f"_source_file in ({', '.join(map(text, self.files))})"
        if source.day in source.natural_key:
            return f"select distinct {day} from {table} where {ours}"
        same = " and ".join(f"mine.{part} is not distinct from theirs.{part}" for part in source.natural_key)
        return f"""select distinct {day} from {table} as mine
            semi join (select {key} from {table} where {ours}) as theirs on {same}"""


def _days_of_differences(source: Source) -> str:
    """SQL: per key that differs between the temporary tables `before` and `after` the first day that looks different;
    NULL: every day. A value that counts from a date of its row (`counts_from`) changes nothing before the earlier of
    the old and the new date, and nothing at all while both are empty; any other change counts from the day of the row.
    Whether a source has any rows at all is a question of every day."""
    key = ", ".join(source.natural_key)
    datable = {name: column.counts_from for name, column in source.columns.items() if column.counts_from}
    rest = ", ".join(name for name in source.columns if name not in datable)
    # Of a key there are one or two rows, the old and the new; a NULL is a value like any other.
    days = [
        f"case when count(distinct {{v: {name}}}) = 2 then min({counts_from}) end"
        for name, counts_from in datable.items()
    ]
    of_values = f"least({', '.join(days)})" if days else "cast(null as date)"
    return f"""
        with differing as (
            select * from (from before except all from after) union all from (from after except all from before)
        ),
        changes as (
            select count(*) = 1 or count(distinct {{v: ({rest})}}) = 2 as is_of_row,
                case when count(_day) = count(*) then min(_day) end as row_day, {of_values} as value_day
            from differing group by {key}
        )
        select case when is_of_row then row_day else value_day end as _day from changes
        where is_of_row or value_day is not null
        union all
        select null where (select count(*) from before) = 0 and (select count(*) from after) > 0
            or (select count(*) from before) > 0 and (select count(*) from after) = 0"""
