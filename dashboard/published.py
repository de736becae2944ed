"""Reading the published file, with a connection per query: the file stays open until another one takes its place, so
that a new day is seen, the writer never waits, and no query waits for a large file to be opened."""

import functools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

# DuckDB shares one open database per process and path: while a query is still on yesterday's file, another one would
# be given yesterday's too and remember it as today's. One at a time, and yesterday's is closed before today's is open.
ONE_AT_A_TIME = threading.Lock()
Version = tuple[int, int, int]


class NothingPublished(Exception):
    """There is no published file, or it is of an older build than this page."""


def published_file() -> Path:
    """`cs_warehouse.duckdb` of the data directory: $CSW_DATA_DIR, else data/ beside this folder."""
    data_dir = os.environ.get("CSW_DATA_DIR") or Path(__file__).resolve().parents[1] / "data"
    return Path(data_dir) / "cs_warehouse.duckdb"


def version(path: Path) -> Version:
    """What tells one published file from the next: each publish is a new file under the same name."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise NothingPublished(str(path)) from None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def read(query: str, *values: object) -> pd.DataFrame:
    """The rows of a query on the day published now; `?` in the query stand for the values. Remembered until the next
    publish, for all who look."""
    path = published_file()
    return _remembered(path, version(path), query, values).copy()


@functools.lru_cache(maxsize=256)
def _remembered(path: Path, of_version: Version, query: str, values: tuple) -> pd.DataFrame:
    with opened(path) as connection:
        return connection.execute(query, list(values)).df()


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only, for one question: nobody else is answered meanwhile."""
    with ONE_AT_A_TIME:
        try:
            connection = KEPT.connection(path, version(path))
        except duckdb.IOException as error:
            raise NothingPublished(str(path)) from error
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        except duckdb.CatalogException as error:
            raise NothingPublished(f"{path}: {error}") from error
        except duckdb.Error:
            KEPT.close()  # after some faults an open file answers nothing any more
            raise
        finally:
            connection.close()


class Kept:
    """The file that is open, and which one it is."""

    def __init__(self) -> None:
        self.open: duckdb.DuckDBPyConnection | None = None
        self.of: tuple[Path, Version] | None = None

    def connection(self, path: Path, of_version: Version) -> duckdb.DuckDBPyConnection:
        """A new connection to it."""
        if self.of != (path, of_version):
            self.close()
            self.open = duckdb.connect(str(path), read_only=True)
            self.of = path, of_version
        return self.open.cursor()

    def close(self) -> None:
        if self.open:
            self.open.close()
        self.open = self.of = None


KEPT = Kept()
