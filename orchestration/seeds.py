"""Reads the tables of seeds/ that people edit and refuses a run whose seeds contradict themselves, before anything is
built: each fault with file, line, column, value and what to do. The rules stand in seed_rules.py."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from orchestration.seed_rules import MAY_BE_EMPTY, RULES, VIEWS
from orchestration.settings import ROOT, Refused
from orchestration.text_macros import text

SEEDS = ROOT / "seeds"
HOW_TO_WRITE = {
    "date": "is not a date; write it like 2026-04-01",
    **dict.fromkeys(("integer", "bigint"), "is not a whole number"),
    "double": "is not a number; write it like 1234.5",
    "boolean": "is neither true nor false",
}
FINITE = {
    "integer": "try_cast({0} as double) = try_cast({0} as bigint)",
    "bigint": "try_cast({0} as double) = try_cast({0} as bigint)",
    "double": "isfinite(try_cast({0} as double))",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake; `line` is the line of the file as an editor counts it, the header being line 1."""

    seed: str
    line: int
    column: str | None
    value: str | None
    message: str

    def __str__(self) -> str:
        what = f", {self.column} '{self.value or ''}'" if self.column else ""
        return f"seeds/{self.seed}.csv line {self.line}{what}: {self.message}."


@dataclass(frozen=True)
class Seed:
    """A seed as it stands in its file: the values of each line as text, None where empty."""

    name: str
    columns: dict[str, str]  # as declared: column → type
    lines: dict[int, dict[str, str | None]]


def refuse_faulty_seeds(folder: Path = SEEDS) -> None:
    """Raises Refused with every fault of every seed; says nothing when there is none."""
    found = faults(folder)
    if found:
        head = f"Nothing was built: {len(found)} mistake{'s' * (len(found) > 1)} in the seeds."
        raise Refused("\n".join([head, *map(str, found)]))


def faults(folder: Path = SEEDS) -> list[Fault]:
    """Every fault, in order of file and line. What cannot be read as a table is not judged further: then rules that
    compare seeds with each other would only repeat it."""
    found: list[Fault] = []
    seeds = {name: read(folder / f"{name}.csv", columns, found) for name, columns in declared(folder).items()}
    if found:
        return sorted(found)
    with duckdb.connect(config={"threads": 1}) as connection:
        for seed in seeds.values():
            found += load(connection, seed)
        connection.execute(VIEWS)
        for name, rule in RULES:
            for line, column, message in connection.execute(rule).fetchall():
                value = seeds[name].lines[line][column]
                found.append(Fault(name, line, column, value, " ".join(message.split())))
    return sorted(found)


def declared(folder: Path) -> dict[str, dict[str, str]]:
    """Seed → column → type, as dbt is told."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    told = yaml.load((folder / "_seeds.yml").read_text(encoding="utf-8"), loader)
    types = {seed["name"]: seed.get("config", {}).get("column_types", {}) for seed in told["seeds"]}
    return {name: columns for name, columns in types.items() if columns}


def read(path: Path, columns: dict[str, str], found: list[Fault]) -> Seed | None:
    """The seed; what is wrong with its file is added to `found`, then it is None. Empty lines, as spreadsheets leave
    them at the end, are nothing."""
    problems = []
    try:
        rows = list(_lines(path))
    except OSError:
        problems, rows = [(1, f"the file is not there; it needs at least the header {','.join(columns)}")], []
    except (UnicodeDecodeError, csv.Error) as error:
        problems, rows = [(1, f"cannot be read ({error}); save it as CSV in UTF-8 with commas")], []
    header = rows[0][1] if rows else []
    if not problems and not set(columns) <= set(header):
        problems.append((1, f"the header must have the columns {','.join(columns)}, separated by commas"))
    for line, values in rows[1:] if not problems else []:
        if not any(values):
            problems.append((line, "the row is empty; delete it"))
        elif len(values) != len(header):
            count = f"the row has {len(values)} values, the header {len(header)}"
            problems.append((line, f"{count}; put text with commas into quotes"))
    found += [Fault(path.stem, line, None, None, message) for line, message in problems]
    if problems:
        return None
    lines = {line: dict(zip(header, (value or None for value in values), strict=True)) for line, values in rows[1:]}
    return Seed(path.stem, columns, lines)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line the row begins on, its values); a value in quotes may span lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader, line = csv.reader(file, strict=True), 1
        for values in reader:
            if values:
                yield line, values
            line = reader.line_num + 1


def load(connection: duckdb.DuckDBPyConnection, seed: Seed) -> list[Fault]:
    """Load the seed as a typed table with `line`; returns the values that are not of their type (NULL in the table)."""
    typed = {name: kind for name, kind in seed.columns.items() if kind != "string"}
    columns = "".join(f", {name} varchar" for name in seed.columns)
    connection.execute(f"create or replace temp table delivered (line bigint{columns})")
    rows = [
        [str(line), *("null" if values[name] is None else text(values[name]) for name in seed.columns)]
        for line, values in seed.lines.items()
    ]
    if rows:  # as literals: handing over lists of parameters loads pandas
        connection.execute(f"insert into delivered values ({'), ('.join(map(', '.join, rows))})")
    casts = ", ".join(f"try_cast({name} as {kind}) as {name}" for name, kind in typed.items())
    connection.execute(f"create table {seed.name} as select {f'* replace ({casts})' if casts else '*'} from delivered")
    wrong = " union all ".join(
        f"select line, '{name}', {name}, '{HOW_TO_WRITE.get(kind, HOW_TO_WRITE['double'])}' from delivered"
        f" where {name} is not null and not coalesce("
        f"try_cast({name} as {kind}) is not null and {FINITE.get(kind, 'true').format(name)}, false)"
        for name, kind in typed.items()
    )
    found = [Fault(seed.name, *row) for row in connection.execute(wrong).fetchall()] if wrong else []
    must = [name for name in seed.columns if name not in MAY_BE_EMPTY.get(seed.name, seed.columns)]
    return found + [
        Fault(seed.name, line, name, None, "is empty; fill it in")
        for line, values in seed.lines.items()
        for name in must
        if values[name] is None
    ]
