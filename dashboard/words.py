"""How the page speaks: its own words in English and Japanese (texts.csv), and numbers as people write them.
An unknown is a dash, never 0."""

import csv
import datetime
import functools
import math
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {"en": "English", "ja": "日本語"}
UNKNOWN = "–"


@functools.cache
def texts() -> dict[str, dict[str, str]]:
    """Key → language → text."""
    with Path(__file__).with_name("texts.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(file)}


def is_unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>")


def decimal(value: float, digits: int, signed: bool = False) -> str:
    """With separators; what rounds to zero has no sign."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''},.{digits}f}"


@dataclass(frozen=True)
class Words:
    """Texts and numbers in one language and currency. Money comes in minor units, rates as 0..1."""

    language: str
    currency: str = "JPY"
    minor_digits: int = 0

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key; KeyError for one that texts.csv does not have."""
        return texts()[key][self.language].format(**values)

    def named(self, group: str, value: object) -> str:
        """A code of the marts in words, where texts.csv has `group.value`; else the code with its underscores gone."""
        if is_unknown(value):
            return UNKNOWN
        known = texts().get(f"{group}.{value}")
        return known[self.language] if known else str(value).replace("_", " ")

    def money(self, minor: object, signed: bool = False) -> str:
        if is_unknown(minor):
            return UNKNOWN
        amount = decimal(float(minor) / 10**self.minor_digits, self.minor_digits, signed)
        return f"{amount}円" if (self.language, self.currency) == ("ja", "JPY") else f"{amount} {self.currency}"

    def rate(self, value: object) -> str:
        return UNKNOWN if is_unknown(value) else f"{decimal(100 * float(value), 2)}%"

    def points(self, value: object) -> str:
        """A difference of rates."""
        return UNKNOWN if is_unknown(value) else f"{decimal(100 * float(value), 2, True)} {self('points')}"

    def number(self, value: object, digits: int = 0) -> str:
        return UNKNOWN if is_unknown(value) else decimal(float(value), digits)

    def date(self, value: object) -> str:
        if is_unknown(value):
            return UNKNOWN
        return value.strftime("%Y-%m-%d") if isinstance(value, datetime.date) else str(value)[:10]

    def value(self, value: object, unit: str, signed: bool = False) -> str:
        """A figure of the KPI catalogue in its unit; `signed` for a change of it."""
        if is_unknown(value):
            return UNKNOWN
        if unit == "money":
            return self.money(value, signed)
        if unit in ("share", "rate"):
            return self.points(value) if signed else self.rate(value)
        digits = {"count": 0, "days": 0, "months": 0}.get(unit, 1)
        return decimal(float(value), digits, unit == "points" or signed)
