"""One plain file → SQL that selects its records as text, whatever its format.

Nothing is typed here and nothing is lost here: what was read, what was refused and what the file holds must add up.
"""

import csv
import re
from dataclasses import dataclass

import duckdb

from orchestration.plain_files import Content, FileProblem

DELIMITERS = {"csv": ",", "tsv": "\t"}
REFUSALS = {  # what DuckDB calls it → what we tell a person
    "MISSING COLUMNS": "the row has fewer columns than the header; complete it",
    "TOO MANY COLUMNS": "the row has more columns than the header; quote values that contain the separator",
    "UNQUOTED VALUE": "a quoted value goes on after its closing quote; double the quotes inside it",
    "LINE SIZE OVER MAXIMUM": "the row is longer than 2 MB; is a quote left open?",
}
BLANK = "It holds nothing but blank lines; export it again."
REFUSED = "row_number bigint, reason varchar, raw_text varchar"


@dataclass
class Opened:
    """How to select a file's records: `rows_sql` gives _c0, _c1, … as text in the order of the file. Over it,
    `raw_text_sql` writes a record as the file has it and `line_breaks_sql` counts those in its values (None: no need).
    """

    headers: list[str]
    rows_sql: str
    raw_text_sql: str
    line_breaks_sql: str | None = None


def open_content(connection: duckdb.DuckDBPyConnection, content: Content) -> Opened:
    """Look at the header, and make the empty temporary table `refused`. Raises FileProblem."""
    connection.execute("set preserve_insertion_order = true")  # the place of a row in the file is its number
    connection.execute(f"create or replace temp table refused ({REFUSED})")
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")
    try:
        return {"parquet": _parquet, "jsonl": _json_lines}.get(content.kind, _delimited)(connection, content)
    except duckdb.Error as error:
        told = str(error).strip().splitlines()[0].replace(str(content.path), "the file")
        raise FileProblem(f"It cannot be read as {content.kind} ({told[:200]}).") from error
    except csv.Error as error:
        raise FileProblem(f"Its header cannot be read ({error}); is a quote left open?") from error


def _parquet(connection: duckdb.DuckDBPyConnection, content: Content) -> Opened:
    file = f"read_parquet('{content.path}', hive_partitioning = false)"
    headers = [row[0] for row in connection.execute(f"describe select * from {file}").fetchall()]
    quoted = ['"' + header.replace('"', '""') + '"' for header in headers]
    columns = ", ".join(f"cast({column} as varchar) as _c{i}" for i, column in enumerate(quoted))
    return Opened(headers, f"(select {columns} from {file})", _record_text(len(headers), ","))


def _json_lines(connection: duckdb.DuckDBPyConnection, content: Content) -> Opened:
    # One column, split at a character that JSON cannot hold: DuckDB's JSON reader does not tell which line it refused.
    connection.execute(
        f"""create or replace temp table lines as select _line from read_csv('{content.path}',
            columns = {{'_line': 'VARCHAR'}}, auto_detect = false, header = false, delim = '\x1f', quote = '',
            escape = '', compression = 'none', max_line_size = 16777216) where _line is not null"""
    )
    (found,) = connection.execute("select count(*) from lines").fetchone()
    if found != content.lines:
        raise FileProblem(f"It has {content.lines:,} lines but only {found:,} could be read; export it again.")
    connection.execute(
        """create or replace temp table objects as select row_number() over () as _record, _line,
               case when json_valid(_line) then json_type(_line) = 'OBJECT' else false end as _is_object
           from lines where trim(_line) <> ''"""
    )
    connection.execute(
        """insert into refused select _record, 'the line is not a JSON object; repair it', _line
           from objects where not _is_object"""
    )
    keys = "select distinct unnest(json_keys(_line)) as key from objects where _is_object order by key"
    headers = [key for (key,) in connection.execute(keys).fetchall()]
    if not headers:
        raise FileProblem(BLANK if not found else "None of its lines is a JSON object with a value; export it again.")
    pointers = [header.replace("~", "~0").replace("/", "~1").replace("'", "''") for header in headers]
    columns = "".join(f", json_extract_string(_line, '/{pointer}') as _c{i}" for i, pointer in enumerate(pointers))
    return Opened(headers, f"(select _line{columns} from objects where _is_object)", "_line")


def _delimited(connection: duckdb.DuckDBPyConnection, content: Content) -> Opened:
    delimiter = DELIMITERS[content.kind]
    with content.path.open(encoding="utf-8-sig", newline="") as text:
        headers = next(csv.reader(text, delimiter=delimiter), None)
    if headers is None:
        raise FileProblem(BLANK)
    names = ", ".join(f"'_c{i}': 'VARCHAR'" for i in range(len(headers)))
    rows_sql = f"""(select * from read_csv('{content.path}', columns = {{{names}}}, auto_detect = false, header = true,
        delim = '{delimiter}', quote = '"', escape = '"', compression = 'none', store_rejects = true,
        rejects_limit = 0){" where _c0 is not null" if len(headers) == 1 else ""})"""
    breaks = " + ".join(_line_breaks(f"_c{i}") for i in range(len(headers)))
    return Opened(headers, rows_sql, _record_text(len(headers), delimiter), breaks if content.has_quotes else None)


def _line_breaks(value: str) -> str:
    return rf"case when contains({value}, chr(10)) then len(regexp_extract_all({value}, '[\r\n]+')) else 0 end"


def _record_text(width: int, delimiter: str) -> str:
    """SQL that writes a record the way a delimited file would."""
    values = []
    for i in range(width):
        quoted = f"""'"' || replace(_c{i}, '"', '""') || '"'"""
        special = f"""regexp_matches(_c{i}, '["\r\n{delimiter}]')"""
        values.append(f"case when {special} then {quoted} else coalesce(_c{i}, '') end")
    return f"concat_ws('{delimiter}', {', '.join(values)})"


def settle(connection: duckdb.DuckDBPyConnection, content: Content, opened: Opened) -> int:
    """Once `typed` has been read from the file: collect what was refused, see that nothing is missing, and tell how
    many records there are. Makes `shifts`, which `numbered` needs. Raises FileProblem."""
    if content.kind in DELIMITERS:
        # A record can be refused for several columns at once; it is still one record.
        reasons = " ".join(f"when '{kind}' then '{reason}'" for kind, reason in REFUSALS.items())
        connection.execute(
            f"""insert into refused select line - 1, case first(error_type::varchar order by column_idx)
                {reasons} else 'the row cannot be read; repair it' end,
                ltrim(first(csv_line order by column_idx), e'\\r\\n') from reject_errors group by line"""
        )
        _reconcile(connection, content, opened)
    connection.execute(
        """create or replace temp table gaps as
           select row_number - nth as first_place, max(nth) as refused_before
           from (select row_number, row_number() over (order by row_number) as nth from refused) group by all"""
    )
    # On the bare row ids, and on those after the first gap only: carrying the rows through the join would cost more.
    connection.execute(
        """create or replace temp table shifts as
           select rows.rowid as place, gaps.refused_before
           from (select rowid from typed where rowid >= (select min(first_place) from gaps)) as rows
           asof join gaps on rows.rowid >= gaps.first_place"""
    )
    return connection.execute("select (select count(*) from typed) + (select count(*) from refused)").fetchone()[0]


def numbered(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL of the rows of `typed` with their record number: the running number, plus the refused records before it."""
    (first,) = connection.execute("select min(place) from shifts").fetchone()
    if first is None:
        return "(select *, rowid + 1 as _row_number from typed)"
    return f"""(select *, rowid + 1 as _row_number from typed where rowid < {first}
        union all by name
        select typed.*, typed.rowid + 1 + refused_before as _row_number
        from typed join shifts on place = typed.rowid)"""


def _reconcile(connection: duckdb.DuckDBPyConnection, content: Content, opened: Opened) -> None:
    """Every line of the file must be in the header, in a record or in a refused record: DuckDB drops the rest of a file
    behind a quote that is never closed, and says nothing. Raises FileProblem."""
    breaks = _line_breaks(r"rtrim(raw_text, e'\r\n')")
    read, refused = connection.execute(
        f"""select (select count(*) + {"coalesce(sum(_line_breaks), 0)" if opened.line_breaks_sql else 0} from typed),
                   (select count(*) + coalesce(sum({breaks}), 0) from refused)"""
    ).fetchone()
    found = 1 + read + refused + sum(len(re.findall(r"[\r\n]+", header)) for header in opened.headers)
    first, hides = connection.execute(
        r"""select min(line) - 1, coalesce(bool_or(contains(trim(csv_line, e'\r\n'), chr(10))), false)
            from reject_errors where error_type = 'UNQUOTED VALUE'"""
    ).fetchone()
    if hides or found != content.lines:
        where = f", probably the one in row {first}," if first else ""
        raise FileProblem(
            f"Its {content.lines:,} lines do not add up to its rows: a quote that is never closed{where} hides the "
            "rows behind it. Close it."
        )
