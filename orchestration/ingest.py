"""Landing files → raw tables and quarantine: which files are new or changed, and one transaction for each.

landing_files.py: which files count. plain_files.py and reading.py: a file → text in DuckDB. typing_sql.py: text → typed
columns. raw_tables.py and replacing.py: rows → raw. sources/: what the exports look like.
What stands in raw depends on the files only, never on when or in which order they came.
"""

import datetime
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import landing_files, plain_files, raw_tables, reading, replacing, text_macros, typing_sql
from orchestration.plain_files import FileProblem
from orchestration.raw_tables import Connection
from orchestration.replacing import Batch
from orchestration.sources import Source, declarations, fold

__all__ = ["LoadedFile", "declarations", "ingest"]

CURRENCIES = Path(__file__).parents[1] / "seeds" / "currencies.csv"
READER_VERSION = "1"  # raise it when the same file would now be read differently: every file is then read again


@dataclass
class LoadedFile:
    """What became of one file in this run. `error` says why a failed file failed, `note` why nothing needed loading."""

    source: str
    source_file: str
    status: str
    error: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    note: str | None = None

    @property
    def summary(self) -> str:
        """What to tell people."""
        counts = f"{self.rows_loaded:,} rows loaded, {self.rows_quarantined:,} quarantined"
        return self.error or f"{self.source_file}: {self.note or counts}"


def ingest(
    connection: Connection,
    landing: Path,
    on_progress: Callable[[str], None] = lambda message: None,
    sources: dict[str, Source] | None = None,
) -> list[LoadedFile]:
    """Load every new or changed file under landing/<source>/; returns those. A bad file is `failed`, not an exception.

    Raises DeclarationError for a declaration that cannot be meant as it stands.
    """
    sources = declarations() if sources is None else sources
    raw_tables.prepare(connection, sources)
    done, zone = [], None
    try:
        for source in sources.values():
            if source.timezone != zone:
                zone = source.timezone
                text_macros.prepare(connection, CURRENCIES, zone)
            done += _ingest_source(connection, source, landing, on_progress)
    finally:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("reset preserve_insertion_order")
    for folder in sorted(landing.iterdir()) if landing.is_dir() else []:
        if folder.name not in sources and not landing_files.NOT_DATA.search(folder.name):
            on_progress(f"landing/{folder.name} is left alone: it is not the folder of a source ({', '.join(sources)})")
    return done


def _ingest_source(connection: Connection, source: Source, landing: Path, on_progress) -> list[LoadedFile]:
    paths = {landing_files.name_of(path, landing): path for path in landing_files.data_files(landing / source.name)}
    _mark_presence(connection, source, list(paths))
    seen = connection.execute(
        "select source_file, fingerprint, digest from raw.landing_state where source = ?", [source.name]
    ).fetchall()
    seen = {name: (fingerprint, digest) for name, fingerprint, digest in seen}
    digest = f"{READER_VERSION} {source.digest}"
    if any(column.type == "currency" for column in source.columns.values()):
        digest += f" {hashlib.sha256(CURRENCIES.read_bytes()).hexdigest()[:16]}"
    done = []
    for name, path in paths.items():
        fingerprint = landing_files.fingerprint(path)
        if fingerprint and seen.get(name) == (fingerprint, digest):
            continue
        file = _load(connection, source, path, name, is_read_alike=seen.get(name, (None, None))[1] == digest)
        is_settled = fingerprint == landing_files.fingerprint(path) and not (file and file.status == "failed")
        connection.execute("delete from raw.landing_state where source = ? and source_file = ?", [source.name, name])
        connection.execute(
            "insert into raw.landing_state values (?, ?, ?, ?)",
            [source.name, name, fingerprint if is_settled else None, digest],
        )
        if file:
            done.append(file)
            on_progress(file.summary)
    return done


def _mark_presence(connection: Connection, source: Source, names: list[str]) -> None:
    """A file that is gone keeps its rows and its line in the books; one that could never be read leaves no trace."""
    is_there = f"source_file in ({', '.join(map(text_macros.text, names)) or 'null'})"
    connection.execute(
        f"update raw.loaded_files set is_in_landing = coalesce({is_there}, false) where source = ?", [source.name]
    )
    gone = "source = ? and not is_in_landing and status = 'failed'"
    connection.execute(f"delete from raw.loaded_files where {gone} and rows_in = 0", [source.name])
    connection.execute(f"update raw.loaded_files set status = 'loaded', error = null where {gone}", [source.name])
    connection.execute(
        f"delete from raw.landing_state where source = ? and not coalesce({is_there}, false)", [source.name]
    )


def _match(source: Source, headers: list[str]) -> tuple[dict[str, str], list[str]]:
    """Declared column → text column, and the headers nobody declared. Raises FileProblem."""
    found: dict[str, list[int]] = {}
    unknown = []
    for position, header in enumerate(headers):
        column = source.column_of_header.get(fold(header))
        if column:
            found.setdefault(column, []).append(position)
        elif header.strip():
            unknown.append(_shown(header))
    for column, positions in found.items():
        if len(positions) > 1:
            told = " and ".join(f"'{headers[p]}'" for p in positions)
            raise FileProblem(f"Its headers {told} both stand for column {column}; rename or remove one of them.")
    missing = [
        f"{c.name} (also read from: {', '.join(c.aliases) or 'no other header'})"
        for c in source.columns.values()
        if c.required and c.default is None and c.constant is None and not {c.name, c.derived_from} & found.keys()
    ]
    if missing:
        told = (
            f"It lacks the required column {' and '.join(missing)}. Headers found: {', '.join(map(_shown, headers))}."
        )
        if len(headers) == 1 and (";" in headers[0] or "\t" in headers[0]):
            told += " Its columns seem to be separated otherwise; save it with commas, or with tabs as .tsv."
        raise FileProblem(told)
    return {column: f"_c{positions[0]}" for column, positions in found.items()}, unknown


def _shown(header: str) -> str:
    """A header as the books, which are published, may show it: where a file has none, its first row is taken for it."""
    return "(an e-mail address)" if "@" in header else header.strip()[:40]


def _load(connection: Connection, source: Source, path: Path, name: str, is_read_alike: bool) -> LoadedFile | None:
    """Load one file; None when its content already stands in raw under its name."""
    known = replacing.known(connection, source, name)
    batch = Batch(source, name, loaded_at=datetime.datetime.now(datetime.UTC).replace(tzinfo=None))
    with tempfile.TemporaryDirectory(prefix="csw-") as workspace:
        try:
            before = path.stat()
            content = plain_files.make_plain(path, Path(workspace))
            batch.file_hash, batch.file_format = content.sha256, content.kind
            if is_read_alike and known and (known.file_hash, known.status) == (content.sha256, "loaded"):
                return None
            batch.delivery = landing_files.delivery_key(source, name)
            opened = reading.open_content(connection, content)
            place, batch.unknown_columns = _match(source, opened.headers)
            typing_sql.type_rows(connection, source, place, opened)
            records = reading.settle(connection, content, opened)
            _refuse_oddities(source, records, before, path.stat())
            return LoadedFile(source.name, name, **replacing.store(connection, batch, records, known))
        except FileProblem as problem:
            told = str(problem)
        except (OSError, duckdb.Error) as problem:
            told = f"It cannot be read ({str(problem).splitlines()[0].replace(workspace, '')}); export it again."
    return LoadedFile(source.name, name, **replacing.record_failure(connection, batch, known, told))


def _refuse_oddities(source: Source, records: int, before: os.stat_result, after: os.stat_result) -> None:
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileProblem("It was written to while it was read; the next run reads it again.")
    if source.delivery == "full" and not records:
        raise FileProblem("It has a header but no rows, and as a full delivery it would end everything; send it again.")
