"""How the page speaks: its own words in English and Japanese (texts.csv), and numbers as people write them.
An unknown is a dash, never 0."""

import csv
import datetime
import functools
import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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


def decimal(value: float | Decimal, digits: int, signed: bool = False) -> str:
    """With separators, half away from zero as the sentences of the marts; what rounds to zero has no sign."""
    rounded = exact(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0
    return f"{rounded:{'+' if signed and rounded else ''},.{digits}f}"


def exact(value: float | Decimal) -> Decimal:
    """The number as it is written: 21.25, and not the binary fraction next to it."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


@dataclass(frozen=True)
class Words:
    """Texts and numbers in one language and currency. Money comes in minor units, rates as 0..1."""

    language: str
    currency: str = "JPY"
    minor_digits: int = 0

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key; KeyError for one that texts.csv does not have."""
        return texts()[key][self.language].format(**values)

    def about(self, key: str, **values: object) -> str:
        """A definition with what it is of; nothing while that is not known, as a sentence with a dash in it says
        nothing."""
        return "" if UNKNOWN in values.values() else self(key, **values)

    def sentences(self, *said: str) -> str:
        """Sentences one after another, as the language sets them: with a space between, or none."""
        return ("" if self.language == "ja" else " ").join(said)

    def nothing(self, name: str) -> str:
        """Why a section is empty: its own words where it has some."""
        return self(f"{name}.nothing" if f"{name}.nothing" in texts() else "nothing_known")

    def named(self, group: str, value: object) -> str:
        """A code of the marts in words, where texts.csv has `group.value`; else the code with its underscores gone."""
        if is_unknown(value):
            return UNKNOWN
        known = texts().get(f"{group}.{value}")
        return known[self.language] if known else str(value).replace("_", " ")

    def money(self, minor: object, signed: bool = False) -> str:
        if is_unknown(minor):
            return UNKNOWN
        amount = decimal(exact(minor).scaleb(-self.minor_digits), self.minor_digits, signed)
        return f"{amount}円" if (self.language, self.currency) == ("ja", "JPY") else f"{amount} {self.currency}"

    def rate(self, value: object) -> str:
        return UNKNOWN if is_unknown(value) else f"{decimal(100 * exact(value), 2)}%"

    def points(self, value: object) -> str:
        """A difference of rates."""
        return UNKNOWN if is_unknown(value) else f"{decimal(100 * exact(value), 2, True)} {self('points')}"

    def number(self, value: object, digits: int = 0) -> str:
        return UNKNOWN if is_unknown(value) else decimal(value, digits)

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
        return decimal(value, digits, unit == "points" or signed)
