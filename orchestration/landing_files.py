"""Which files of landing are data, what they are called in the books, and which delivery is the newest."""

import datetime
import re
import time
import unicodedata
from pathlib import Path

from orchestration.plain_files import SUFFIX, FileProblem
from orchestration.sources import Source

NOT_DATA = re.compile(
    r"^(\.|~|__MACOSX$|Thumbs\.db$|desktop\.ini$)|(~|\.tmp|\.part|\.partial|\.crdownload|\.swp)$", re.IGNORECASE
)
SETTLED_NS = 2_000_000_000  # a file changed less than 2 s ago may change again within the clock's resolution


def data_files(folder: Path) -> list[Path]:
    """The data files of a source, at any depth, without what editors, browsers and systems leave about."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(NOT_DATA.search(part) for part in path.relative_to(folder).parts)
    )


def name_of(path: Path, landing: Path) -> str:
    """The file's name in the books: relative to landing, with characters that no text can hold replaced."""
    return path.relative_to(landing).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def fingerprint(path: Path) -> str | None:
    """What changes whenever the file is written; None when it was written just now, or is gone."""
    try:
        stat = path.stat()
    except OSError:
        return None
    is_fresh = time.time_ns() - stat.st_ctime_ns < SETTLED_NS
    return None if is_fresh else f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def delivery_key(source: Source, name: str) -> str:
    """What orders deliveries, as text: the file name with its numbers made equally long, or the date found in it.

    Raises FileProblem when a date is needed and there is none.
    """
    stem = SUFFIX.sub("", unicodedata.normalize("NFKC", name).removeprefix(source.name + "/"))
    if source.order_by == "file_name":
        return re.sub(r"\d+", lambda number: number[0].zfill(8), stem)
    for year, month, day in reversed(re.findall(r"(?<!\d)(\d{4})[-_.年]?(\d{2})[-_.月]?(\d{2})(?!\d)", stem)):
        try:
            return datetime.date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    raise FileProblem(
        "Its name has no date, which tells which delivery is the newest; put one like 2024-04-01 into it."
    )
