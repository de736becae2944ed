"""`csw export`: the published file as files for other tools. Every mart and seed as Parquet or CSV, the headline marts
as an Excel workbook. One connection reads them all, so that all are of one day; nothing takes its place before all are
written."""


import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import duckdb
from rich.console import Console
from xlsxwriter.exceptions import FileCreateError

from orchestration.actions import Language
from orchestration.excel import WORKBOOK, write_workbook
from orchestration.published_file import published
from orchestration.settings import DataDir, Refused
from orchestration.table_files import chosen_tables, files_of, write_tables


class Format(StrEnum):
    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"
    all = "all"


def write_export(
    data_dir: DataDir, folder: Path, chosen: Format, language: Language, names: list[str], console: Console
) -> None:
    """Write `folder`/parquet/, `folder`/csv/ and `folder`/customer_success.xlsx, or one of them, in place of what an
    earlier export wrote. Raises Refused, leaving all as it was, for what it cannot write."""
    folder = folder.expanduser().resolve()
    formats = [one for one in Format if one is not Format.all and chosen in (one, Format.all)]
    if names and formats == [Format.xlsx]:
        raise Refused("--table chooses among Parquet and CSV files; the workbook is always whole.")
    if folder.is_relative_to(data_dir.landing):
        raise Refused(f"{folder} is where exports of others land; the next run would read it. Choose another folder.")
    with published(data_dir, "marts.dim_account", "quality.run") as connection:
        tables = chosen_tables(connection, names)
        try:
            with draft_in(folder) as draft:
                done = write_formats(connection, tables, formats, language, folder, draft)
        except (OSError, duckdb.IOException, FileCreateError) as error:
            raise Refused(f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}.") from None
    for line in done:
        console.print(line, markup=False, soft_wrap=True)


def write_formats(
    connection: duckdb.DuckDBPyConnection,
    tables: list[tuple[str, str]],
    formats: list[Format],
    language: Language,
    folder: Path,
    draft: Path,
) -> list[str]:
    """Write all formats into the draft, then put them in place; returns what was written, a line each."""
    as_of = connection.execute("select max(as_of_date) from quality.run where status = 'published'").fetchone()[0]
    names = [WORKBOOK if one is Format.xlsx else one.value for one in formats]
    for name in names:
        refuse_to_lose(folder / name)
    done = []
    for name in names:
        if name == WORKBOOK:
            what = f"{write_workbook(connection, draft / name, language.value, as_of)} sheets"
        else:
            what = f"{write_tables(connection, tables, draft / name, name, as_of)} tables"
        done.append(f"{what} as of {as_of}, {size(draft / name):,.1f} MB: {folder / name}")
    for name in names:
        put_in_place(draft, folder, name)
    return done


def refuse_to_lose(place: Path) -> None:
    """A folder is replaced as a whole, so that no table of yesterday stays in it: nothing of others may be in it."""
    is_folder = place.name != WORKBOOK
    if place.exists() and place.is_dir() is not is_folder:
        raise Refused(f"{place} is in the way of the export. Move it, or choose another folder.")
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir()}
    foreign = sorted(name for name in found - files_of(place) if not Path(name).name.startswith("."))
    if foreign:
        raise Refused(
            f"{place} holds {foreign[0]}, which no export wrote and which would be lost."
            " Move it, or choose another folder."
        )


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """An empty folder inside, from which files are renamed into place; what a dead export left in it is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".csw-export"
    handle = os.open(folder, os.O_RDONLY)
    try:
        hold(handle, folder)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(handle)


def hold(handle: int, folder: Path) -> None:
    """One export at a time; the system lets go when the process dies."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(f"Another export is writing into {folder}. Wait until it ends.") from None


def put_in_place(draft: Path, folder: Path, name: str) -> None:
    """A folder cannot be renamed onto a full one: the old one moves out of the way first, and goes with the draft."""
    if (folder / name).is_dir():
        os.rename(folder / name, draft / f"old-{name}")
    os.replace(draft / name, folder / name)


def size(path: Path) -> float:
    """Megabytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
