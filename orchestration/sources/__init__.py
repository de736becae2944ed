"""What an export looks like: reads and checks the declarations `<name>.yml` beside this file.

Ingestion, the raw expectations and docs/sources.md all read the same `Source`; a new source is one more YAML.
"""

import difflib
import hashlib
import json
import re
import unicodedata
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

BUSINESS_TIME_ZONE = "Asia/Tokyo"  # every *_date is a date there
SQL_TYPES = {
    "id": "VARCHAR",
    "string": "VARCHAR",
    "currency": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "money": "BIGINT",  # minor units of the row's currency
    "decimal": "DECIMAL(28,10)",  # exact; for rates
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",  # UTC
}
CHOICES = {
    "delivery": {"full", "append"},
    "order_by": {"file_name", "date_in_file_name"},
    "type": set(SQL_TYPES),
    "end": {"exclusive", "inclusive"},
    "case": {"upper", "lower"},
}

SHAPES = {
    "required": bool,
    "aliases": list,
    "empty_values": list,
    "minimum": int,
    "maximum": int,
    "label": dict,
    "natural_key": list,
    "row_rules": list,
    "freshness_days": int,
}


class DeclarationError(ValueError):
    """A declaration that cannot be meant as it stands; the message names file and key."""


@dataclass(frozen=True)
class Column:
    """One declared column of a source. `derived_from` names the date beside a timestamp, or the other way round.
    `counts_from` names the date column (perhaps itself) before whose day no model looks at the value; while that is
    empty, none does."""

    name: str
    type: str
    description: str = ""
    required: bool = False
    aliases: list = field(default_factory=list)
    minimum: int | None = None
    maximum: int | None = None
    default: object = None
    constant: object = None
    derived_from: str | None = None
    counts_from: str | None = None
    end: str | None = None
    case: str | None = None
    empty_values: list = field(default_factory=list)

    @property
    def headers(self) -> list[str]:
        """Every header that is read as this column, its own name first."""
        return [self.name, *self.aliases]


@dataclass(frozen=True)
class Source:
    """One declared source; `columns` in table order, `day` an SQL expression over them (None: undated). Of a full
    delivery `counts_from` names the date column before whose day a row makes no difference; without a date it always
    does."""

    name: str
    label: dict
    delivery: str
    columns: dict
    natural_key: list
    required: bool = False
    order_by: str = "file_name"
    day: str | None = None
    counts_from: str | None = None
    timezone: str = BUSINESS_TIME_ZONE
    freshness_days: int | None = None
    row_rules: list = field(default_factory=list)
    description: str = ""

    @cached_property
    def digest(self) -> str:
        """Changes whenever the declaration would read the same file differently (not when only words change)."""
        told = asdict(self)
        for words in ("label", "description", "freshness_days", "required", "counts_from"):
            told.pop(words)
        for column in told["columns"].values():
            column.pop("description")
            column.pop("counts_from")
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @cached_property
    def column_of_header(self) -> dict[str, str]:
        """Folded header → column name."""
        return {fold(h): c.name for c in self.columns.values() if c.constant is None for h in c.headers}


def fold(header: str) -> str:
    """How headers are compared: width, case, spaces, underscores and hyphens make no difference."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header)).casefold()


def declarations(folder: Path = Path(__file__).parent) -> dict[str, Source]:
    """Every declared source by name. Raises DeclarationError naming file and key."""
    return {path.stem: _source(path) for path in sorted(folder.glob("*.yml"))}


def _source(path: Path) -> Source:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DeclarationError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("columns"), dict):
        raise DeclarationError(f"{path}: key 'columns' must list the columns")
    columns = {
        str(name): _checked(Column, {"name": str(name), **(column or {})}, f"{path}: column '{name}'")
        for name, column in told["columns"].items()
    }
    source = _checked(Source, {"name": path.stem, **told, "columns": columns}, str(path))
    _check_references(source, path)
    return source


def _checked(kind: type, told: dict, where: str):
    """An instance of `kind` made of `told`, once every key, choice and type is known."""
    known = {f.name: f for f in fields(kind)}
    for key, value in told.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            raise DeclarationError(f"{where}: unknown key '{key}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
        if key in CHOICES and value is not None and value not in CHOICES[key]:
            raise DeclarationError(f"{where}: key '{key}' is '{value}'; use one of {', '.join(sorted(CHOICES[key]))}")
        if key in SHAPES and value is not None and type(value) is not SHAPES[key]:
            raise DeclarationError(f"{where}: key '{key}' is {value!r}; it must be a {SHAPES[key].__name__}")
    for key, f in known.items():
        if key not in told and f.default is MISSING and f.default_factory is MISSING:
            raise DeclarationError(f"{where}: key '{key}' is missing")
    return kind(**told)


def _check_references(source: Source, path: Path) -> None:
    """Names that a declaration mentions must be declared, and a header may stand for one column only."""
    mentioned = [("natural_key", name) for name in source.natural_key or [None]]
    mentioned += [("derived_from", c.derived_from) for c in source.columns.values() if c.derived_from]
    for key, name in mentioned:
        if name not in source.columns:
            raise DeclarationError(f"{path}: key '{key}' names '{name}', which is no declared column")
    counted_from = [source.counts_from, *(c.counts_from for c in source.columns.values())]
    for name in filter(None, counted_from):
        if name not in source.columns or source.columns[name].type != "date" or source.delivery != "full":
            raise DeclarationError(f"{path}: key 'counts_from' names '{name}'; it must be a date of a full delivery")
    owner = {}
    for column in source.columns.values():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", column.name):
            raise DeclarationError(f"{path}: column '{column.name}': use small letters, digits and underscores")
        for header in column.headers:
            if not isinstance(header, str):
                raise DeclarationError(f"{path}: column '{column.name}': key 'aliases': put {header} into quotes")
            if owner.setdefault(fold(header), column.name) != column.name:
                both = f"'{owner[fold(header)]}' and '{column.name}'"
                raise DeclarationError(f"{path}: key 'aliases': '{header}' stands for both {both}")
    types = [column.type for column in source.columns.values()]
    if types.count("currency") != int("money" in types or "currency" in types):
        raise DeclarationError(f"{path}: key 'type': columns of type money need exactly one column of type currency")
    for rule in source.row_rules:
        if not isinstance(rule, dict) or set(rule) != {"rule", "reason"}:
            raise DeclarationError(f"{path}: key 'row_rules': each needs exactly 'rule' and 'reason', found {rule}")
    try:
        ZoneInfo(source.timezone)
    except (KeyError, ValueError) as error:
        raise DeclarationError(f"{path}: key 'timezone': '{source.timezone}' is no time zone") from error
