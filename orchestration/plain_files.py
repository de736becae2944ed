"""Any landing file → UTF-8 text (or Parquet) under a harmless name: unpacked, checked, re-encoded where it must be."""

import codecs
import gzip
import hashlib
import re
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SUFFIX = re.compile(r"\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$", re.IGNORECASE)
CHUNK_BYTES = 1 << 20


class FileProblem(Exception):
    """The file cannot be loaded as a whole; the message is a sentence for its owner."""


@dataclass
class Content:
    """A file made plain: UTF-8 text (or Parquet) under a harmless name. `lines` are those with something on them."""

    path: Path
    kind: str
    sha256: str
    lines: int = 0
    has_quotes: bool = False


@dataclass
class Survey:
    """What one pass over the bytes tells."""

    sha256: str
    encoding: str | None
    lines: int
    has_quotes: bool
    is_regular: bool  # one kind of line end throughout, and no blank line that would blur the record numbers


def kind_of(name: str) -> str:
    """The format a file name promises. Raises FileProblem."""
    suffix = SUFFIX.search(name)
    if not suffix:
        raise FileProblem(
            "Its kind is not read here; save it as .csv, .tsv, .jsonl, .ndjson or .parquet, plain or as .gz."
        )
    return suffix[1].lower().replace("ndjson", "jsonl")


def make_plain(file: Path, workspace: Path) -> Content:
    """Unpack, check and, where needed, re-encode `file` into `workspace`. Raises FileProblem."""
    kind = kind_of(file.name)
    plain = workspace / "plain"
    try:
        with file.open("rb") as packed:
            is_packed = packed.read(2) == b"\x1f\x8b"
        if is_packed:
            with gzip.open(file) as unpacked, plain.open("wb") as out:
                shutil.copyfileobj(unpacked, out, CHUNK_BYTES)
        else:
            plain.symlink_to(file.absolute())  # a name without wildcards or quotes for DuckDB
        if plain.stat().st_size == 0:
            raise FileProblem("It is empty (0 bytes); export it again.")
        if kind == "parquet":
            with plain.open("rb") as binary:
                return Content(plain, kind, hashlib.file_digest(binary, "sha256").hexdigest())
        return _as_utf8(plain, kind, workspace)
    except (OSError, EOFError, zlib.error) as error:
        raise FileProblem(f"It cannot be read ({error}); copy it again.") from error


def _as_utf8(plain: Path, kind: str, workspace: Path) -> Content:
    survey = look_through(plain)
    sha256 = survey.sha256
    if survey.encoding is None:
        raise FileProblem("It is not text in UTF-8 or CP932 (Shift_JIS); save it as UTF-8.")
    if survey.encoding != "utf-8" or not survey.is_regular:
        clean = workspace / "clean"
        _rewrite(plain, clean, survey)
        plain, survey = clean, look_through(clean)
    return Content(plain, kind, sha256, survey.lines, survey.has_quotes)


def _rewrite(plain: Path, clean: Path, survey: Survey) -> None:
    """UTF-8 with one kind of line end and no blank line at the top (nor, where no quote can hold one, anywhere)."""
    encoding = "utf-8-sig" if survey.encoding == "utf-8" else survey.encoding
    ends_line = True
    with plain.open(encoding=encoding) as text, clean.open("w", encoding="utf-8") as out:
        while chunk := text.read(CHUNK_BYTES):
            if ends_line:
                chunk = chunk.lstrip("\n")
            out.write(chunk if survey.has_quotes else re.sub("\n+", "\n", chunk))
            ends_line = (ends_line and not chunk) or (chunk.endswith("\n") and not survey.has_quotes)


def look_through(path: Path) -> Survey:
    """Hash, encoding and lines of a text file in one pass; chunks end at a line end, so no character is cut."""
    digest, encodings = hashlib.sha256(), ["utf-8", "cp932"]
    blank, returns, pairs, ends, last = 0, 0, 0, 0, b"\n"
    has_quotes = starts_blank = False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES) + file.readline():
            digest.update(chunk)
            if not ends:
                chunk = chunk.removeprefix(codecs.BOM_UTF8)
                starts_blank = chunk.startswith((b"\n", b"\r"))
            if not chunk.isascii() or b"\0" in chunk:
                encodings = [e for e in encodings if _decodes(chunk, e)]
            in_chunk, blank_in_chunk = _count_lines(chunk)
            ends, blank = ends + in_chunk, blank + blank_in_chunk
            if b"\r" in chunk:
                returns, pairs = returns + chunk.count(b"\r"), pairs + chunk.count(b"\r\n")
            last, has_quotes = chunk[-1:], has_quotes or b'"' in chunk
    is_regular = returns == pairs and pairs in (0, ends) and not starts_blank and (has_quotes or not blank)
    lines = ends - blank + (last != b"\n")
    return Survey(digest.hexdigest(), next(iter(encodings), None), lines, has_quotes, is_regular)


def _count_lines(chunk: bytes) -> tuple[int, int]:
    """Line ends, and how many of them end a blank line."""
    is_end = np.frombuffer(chunk, np.uint8) == ord("\n")
    if b"\r" in chunk:
        return int(np.count_nonzero(is_end)), len(re.findall(rb"^\r?\n", chunk, re.M))
    blank = np.count_nonzero(is_end[1:] & is_end[:-1]) + int(is_end[:1].any())
    return int(np.count_nonzero(is_end)), int(blank)


def _decodes(chunk: bytes, encoding: str) -> bool:
    try:
        return "\0" not in chunk.decode(encoding)  # a NUL means UTF-16, not text that either encoding would hold
    except UnicodeDecodeError:
        return False
