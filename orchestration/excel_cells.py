"""How the workbook looks: its words, number formats and widths, and how a value becomes a cell. Text is only ever
written as text, never as a formula or a link."""

import csv
import datetime
import math
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.settings import ROOT, Refused

SHEETS = ROOT / "orchestration" / "workbook"
# kind of a column → how its numbers look; money has the digits of its currency
LOOKS = {
    "rate": "0.00%",
    "points": "+0.00%;-0.00%;0.00%",
    "number": "#,##0",
    "score": "0.0",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
}
WIDEST = 60  # characters; longer text goes on in the next line


@dataclass(frozen=True)
class Text:
    """A title, heading or word: what it is called, what it means, and for a column the kind of its values."""

    kind: str
    label: str
    meaning: str


class Book:
    """The workbook being written, with its words and looks."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, language: str, as_of: datetime.date
    ) -> None:
        self.connection, self.language, self.as_of = connection, language, as_of
        self.texts = texts(connection, language)
        self.currency, self.digits = connection.execute(
            """select coalesce(currency, ''), coalesce(minor_digits, 0)
               from (select min(currency) as currency from marts.dim_account)
               left join reference.currencies using (currency)"""
        ).fetchone()
        self.file = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        # The clock is no part of it: the same published file gives the same bytes.
        self.file.set_properties({"created": datetime.datetime.combine(as_of, datetime.time())})
        money = "#,##0" + (f".{'0' * self.digits}" if self.digits else "")
        self.looks = {kind: self.look(num_format=look) for kind, look in {**LOOKS, "money": money}.items()}
        self.line = self.look(align="left", indent=1)
        self.text = self.look(align="left", indent=1, text_wrap=True)
        self.title, self.day = self.look(bold=True, font_size=16), self.look(num_format=LOOKS["date"], align="left")

    def look(self, **properties: object) -> Format:
        return self.file.add_format({"valign": "top", **properties})

    def looks_of(self, kind: str) -> Format:
        return self.looks.get(kind, self.text)

    def says(self, key: str) -> str:
        return self.texts[key].label

    def heading_of(self, column: str) -> str:
        money = self.texts[column].kind == "money" and self.currency
        return self.says(column) + (f" ({self.currency})" if money else "")


def texts(connection: duckdb.DuckDBPyConnection, language: str) -> dict[str, Text]:
    """Key → text, in the order of texts.csv; that of an indicator as the published KPI catalogue has it."""
    catalogue = connection.execute(f"select kpi_key, label_{language}, formula_{language} from reference.kpi_catalog")
    known = {key: (label, formula) for key, label, formula in catalogue.fetchall()}
    with (SHEETS / "texts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["key"]: Text(
            row["kind"], *known.get(row["kpi_key"], (row[language] or row["key"], row[f"meaning_{language}"]))
        )
        for row in rows
    }


def cell(book: Book, column: str, value: object) -> object:
    """The value as a person reads it: whole money, words for codes."""
    kind = book.texts[column].kind
    if value is None or kind in ("text", "date", "month"):
        return value
    if kind == "money":
        return float(Decimal(value).scaleb(-book.digits))
    if kind == "yes_no":
        return book.says(f"yes_no={str(value).lower()}")
    if kind == "code":
        word = book.texts.get(f"{column}={value}")
        return word.label if word else value
    return float(value)


def fill(sheet: Worksheet, top: int, rows: list[list], looks: list[Format], widths: list[int]) -> None:
    """Write the rows from line `top` on; a row is as high as its longest text needs."""
    for place, characters in enumerate(widths):
        sheet.set_column(place, place, characters)
    for line, row in enumerate(rows, top):
        for place, value in enumerate(row):
            write(sheet, line, place, value, looks[place])
        lines = [math.ceil(wide(value) / (widths[n] - 2)) for n, value in enumerate(row) if isinstance(value, str)]
        if max(lines, default=1) > 1:
            sheet.set_row(line, 15 * max(lines))


def write(sheet: Worksheet, row: int, column: int, value: object, look: Format) -> None:
    """One cell, by the type of its value; nothing for None. Raises Refused for what Excel would cut."""
    if value is None:
        return
    if isinstance(value, datetime.date):
        failed = sheet.write_datetime(row, column, value, look)
    elif isinstance(value, float | int):
        failed = sheet.write_number(row, column, value, look)
    else:
        failed = sheet.write_string(row, column, str(value), look)
    if failed:
        raise Refused(f"A cell of the sheet '{sheet.name}' is too long for Excel: '{str(value)[:60]}…'.")


def width(heading: str, cells: list[object]) -> int:
    """Characters the column needs. A heading may take three lines."""
    longest = max((wide(value) for value in cells if isinstance(value, str)), default=0)
    return min(max(12, wide(heading) // 2 + 4, longest + 3), WIDEST)


def wide(text: str) -> int:
    """Columns of a screen; a Japanese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
