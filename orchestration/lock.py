"""One writer per data directory: the lock that a run holds from its first to its last moment, and opening the
warehouse file while it is held. What a dead run left behind is day.py's business."""

import contextlib
import datetime
import fcntl
import os
import time
from collections.abc import Iterator

import duckdb

from orchestration.settings import BUSINESS_ZONE, DataDir, Refused

DATABASE_WAIT_SECONDS = 20.0
_held: dict[str, int] = {}  # lock file → how many times this process holds it


class Busy(Refused):
    """Another process writes this data directory, or has its warehouse file open."""


@contextlib.contextmanager
def hold(data_dir: DataDir, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the data directory. Re-entrant inside a process; the system releases it when the process dies.

    Waits up to `wait_seconds` for another run to end, then raises Busy."""
    key = str(data_dir.lock)
    if key in _held:
        _held[key] += 1
        try:
            yield
        finally:
            _held[key] -= 1
        return
    data_dir.root.mkdir(parents=True, exist_ok=True)
    with data_dir.lock.open("a+", encoding="utf-8") as file:
        _acquire(file, data_dir, wait_seconds)
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {datetime.datetime.now(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}")
        file.flush()
        _held[key] = 1
        try:
            yield
        finally:
            del _held[key]
            file.truncate(0)


def _acquire(file, data_dir: DataDir, wait_seconds: float) -> None:
    deadline = time.monotonic() + max(wait_seconds, 0.5)  # `holder` may look at the very same moment
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(
                    f"Another run is writing {data_dir.root} ({holder(data_dir) or 'just started'})."
                    " Wait until it ends; nothing was changed."
                ) from None
        time.sleep(0.1)


def holder(data_dir: DataDir) -> str | None:
    """Who holds the lock, in words; None when nobody does."""
    if not data_dir.lock.exists():
        return None
    with data_dir.lock.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            return file.read().strip() or "just started"


@contextlib.contextmanager
def warehouse(data_dir: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse file, open for writing. Somebody who has it open for reading is waited for a little, then named."""
    deadline = time.monotonic() + DATABASE_WAIT_SECONDS
    while True:
        try:
            connection = duckdb.connect(str(data_dir.warehouse))
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() >= deadline:
                raise Busy(
                    f"{data_dir.warehouse} is open in another program. Close it there and run again;"
                    f" readers open {data_dir.published.name} instead. ({str(error).splitlines()[0]})"
                ) from None
        time.sleep(1)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()
