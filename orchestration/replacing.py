"""The rows of one file replace its earlier rows, in one transaction with the books.

Per source, one content (file_hash) stands in raw once. Of several files with the same content the newest delivery holds
the rows and the others wait behind it, so that it does not matter which of them came first.
"""

import datetime
from dataclasses import dataclass, field, replace

import duckdb

from orchestration.plain_files import FileProblem
from orchestration.raw_tables import LINEAGE, Connection, Touched
from orchestration.reading import numbered
from orchestration.sources import Source

HERE = "source = ? and source_file = ?"


@dataclass
class Batch:
    """One file on its way into raw."""

    source: Source
    source_file: str
    loaded_at: datetime.datetime
    file_hash: str | None = None
    file_format: str | None = None
    delivery: str | None = None
    unknown_columns: list[str] = field(default_factory=list)
    is_in_landing: bool = True
    load_seq: int | None = None


@dataclass
class Known:
    """What the books say of a file; it holds rows when rows_in > 0."""

    source_file: str
    file_hash: str | None
    delivery: str | None
    status: str
    rows_in: int
    is_in_landing: bool


def known(connection: Connection, source: Source, name: str) -> Known | None:
    return next(iter(_known(connection, HERE, source.name, name)), None)


def _known(connection: Connection, where: str, *values) -> list[Known]:
    """Files of the books, the newest delivery first."""
    rows = connection.execute(
        f"""select source_file, file_hash, delivery, status, rows_in, is_in_landing from raw.loaded_files where {where}
            order by delivery desc, source_file desc""",
        values,
    ).fetchall()
    return [Known(*row) for row in rows]


def store(connection: Connection, batch: Batch, records: int, known: Known | None) -> dict:
    """Replace the file's earlier rows by those of `typed` and `refused`; returns status and counts.

    Raises FileProblem, and then nothing has changed.
    """
    held = known.file_hash if known and known.rows_in else None
    connection.execute("begin")
    try:
        batch.load_seq = _next_load_seq(connection)
        holder = _holder(connection, batch)
        files = [batch.source_file, *([holder.source_file] if holder else [])]
        touched = Touched(connection, batch.source, files)
        if held and held != batch.file_hash:
            _release(connection, batch, held)
        for file in files:
            _delete_rows(connection, batch.source, file)
        told = _put(connection, batch, records, holder)
        touched.record(batch.load_seq)
        connection.execute("commit")
        return told
    except duckdb.Error as error:
        connection.execute("rollback")
        raise FileProblem(f"Its rows cannot be stored ({str(error).strip().splitlines()[0][:200]}).") from error
    except BaseException:
        connection.execute("rollback")
        raise


def _holder(connection: Connection, batch: Batch) -> Known | None:
    """Another file under whose name the rows of this content stand."""
    same = "source = ? and file_hash = ? and source_file <> ? and rows_in > 0"
    return next(iter(_known(connection, same, batch.source.name, batch.file_hash, batch.source_file)), None)


def _delete_rows(connection: Connection, source: Source, file: str) -> None:
    connection.execute(f"delete from raw.{source.name} where _source_file = ?", [file])
    connection.execute(f"delete from raw.quarantine where {HERE}", [source.name, file])


def _next_load_seq(connection: Connection) -> int:
    return connection.execute(
        """select 1 + greatest((select coalesce(max(load_seq), 0) from raw.loaded_files),
                               (select coalesce(max(load_seq), 0) from raw.touched_days))"""
    ).fetchone()[0]


def _release(connection: Connection, batch: Batch, held: str) -> None:
    """The file no longer has the content `held`: its rows go to the newest file that waits behind it, if any does."""
    source = batch.source.name
    same = "source = ? and file_hash = ? and source_file <> ? and note is not null"
    heirs = _known(connection, same, source, held, batch.source_file)
    if not heirs:
        return
    heir = heirs[0]
    connection.execute(
        f"update raw.{source} set _source_file = ?, _delivery = ? where _source_file = ?",
        [heir.source_file, heir.delivery, batch.source_file],
    )
    connection.execute(
        f"update raw.quarantine set source_file = ? where {HERE}", [heir.source_file, source, batch.source_file]
    )
    # Named: DuckDB counts bare question marks of an UPDATE … FROM in another order than they are written in.
    connection.execute(
        """update raw.loaded_files as file set rows_in = old.rows_in, rows_loaded = old.rows_loaded, note = null,
               rows_quarantined = old.rows_quarantined, load_seq = $load_seq
           from (select * from raw.loaded_files where source = $source and source_file = $old_file) as old
           where file.source = $source and file.source_file = $heir""",
        {
            "load_seq": batch.load_seq,
            "source": source,
            "old_file": batch.source_file,
            "heir": heir.source_file,
        },
    )
    _let_others_wait(connection, batch.source, held, heir.source_file)


def _put(connection: Connection, batch: Batch, records: int, holder: Known | None) -> dict:
    """Write the rows under the newest file that has this content, and the books of all of them."""
    waits = holder and (holder.delivery, holder.source_file) > (batch.delivery, batch.source_file)
    owner = batch
    if waits:
        place = {"source_file": holder.source_file, "delivery": holder.delivery, "is_in_landing": holder.is_in_landing}
        owner = replace(batch, **place)
    loaded, quarantined = _insert(connection, owner, records)
    counts = {"rows_in": records, "rows_loaded": loaded, "rows_quarantined": quarantined}
    _write_book(connection, owner, status="loaded", **counts)
    if waits:
        counts = {"note": _same_as(owner.source_file)}
        _write_book(connection, batch, status="loaded", **counts)
    _let_others_wait(connection, batch.source, batch.file_hash, owner.source_file)
    return {"status": "loaded", **counts}


def _same_as(owner: str) -> str:
    return f"Same content as {owner}, where its rows stand; nothing is loaded twice."


def _let_others_wait(connection: Connection, source: Source, file_hash: str, owner: str) -> None:
    connection.execute(
        """update raw.loaded_files set rows_in = 0, rows_loaded = 0, rows_quarantined = 0, note = ?
           where source = ? and file_hash = ? and source_file <> ? and (rows_in > 0 or note is not null)""",
        [_same_as(owner), source.name, file_hash, owner],
    )


def _insert(connection: Connection, batch: Batch, records: int) -> tuple[int, int]:
    """Typed rows → raw table, refused ones → quarantine; (loaded, quarantined). Raises FileProblem when one is lost."""
    columns = ", ".join(batch.source.columns)
    connection.execute("set preserve_insertion_order = false")  # rows carry their number by now
    (loaded,) = connection.execute(
        f"""insert into raw.{batch.source.name} ({columns}, {", ".join(LINEAGE)})
            select {columns}, ?, _row_number, ?, ? from {numbered(connection)} where _reason is null""",
        [batch.source_file, batch.loaded_at, batch.delivery],
    ).fetchone()
    (quarantined,) = connection.execute(
        f"""insert into raw.quarantine
            select ?, ?, _row_number, _fault_column, _reason, left(_raw_text, 10000), ?, ? from (
                select _row_number, _fault_column, _reason, _raw_text from {numbered(connection)}
                where _reason is not null
                union all select row_number, '(row)', reason, raw_text from refused)""",
        [batch.source.name, batch.source_file, batch.file_hash, batch.loaded_at],
    ).fetchone()
    if loaded + quarantined != records:
        raise FileProblem(f"Its {records:,} rows are not {loaded:,} to load and {quarantined:,} to quarantine.")
    return loaded, quarantined


def _write_book(connection: Connection, batch: Batch, **told) -> None:
    """Replace the file's line in raw.loaded_files."""
    row = {
        "source": batch.source.name,
        "source_file": batch.source_file,
        "file_hash": batch.file_hash,
        "delivery": batch.delivery,
        "file_format": batch.file_format,
        "unknown_columns": ", ".join(batch.unknown_columns) or None,
        "load_seq": batch.load_seq,
        "loaded_at": batch.loaded_at,
        "is_in_landing": batch.is_in_landing,
        "rows_in": 0,
        "rows_loaded": 0,
        "rows_quarantined": 0,
        **told,
    }
    connection.execute(f"delete from raw.loaded_files where {HERE}", [batch.source.name, batch.source_file])
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into raw.loaded_files ({', '.join(row)}) values ({marks})", list(row.values()))


def record_failure(connection: Connection, batch: Batch, known: Known | None, problem: str) -> dict:
    """Say in the books why the file was not loaded. Rows of an earlier version stay, and so do their counts."""
    told = {"status": "failed", "error": f"{batch.source_file} was not loaded. {problem}"}
    if known and known.rows_in:
        told["error"] += " The rows of its last readable version stay."
        connection.execute(
            f"update raw.loaded_files set status = 'failed', error = ?, is_in_landing = true where {HERE}",
            [told["error"], batch.source.name, batch.source_file],
        )
    else:
        _write_book(connection, batch, **told)
    return told
