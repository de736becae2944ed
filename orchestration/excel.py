"""The Excel workbook of the headline marts. What stands in it is data: a sheet is a query in workbook/, in the order of
workbook/texts.csv, which has every title, heading, meaning and word in both languages. Names and definitions of
indicators come from the KPI catalogue."""

import datetime
import re
from pathlib import Path

import duckdb
from xlsxwriter.worksheet import Worksheet

from orchestration.excel_cells import SHEETS, Book, cell, fill, width, write
from orchestration.settings import Refused

WORKBOOK = "customer_success.xlsx"
MOST_ROWS = 1_048_575  # of a sheet, below its headings


def write_workbook(connection: duckdb.DuckDBPyConnection, path: Path, language: str, as_of: datetime.date) -> int:
    """Returns the number of sheets. Raises Refused for what does not fit into Excel."""
    book = Book(connection, path, language, as_of)
    about = book.file.add_worksheet(book.says("about"))
    contents, definitions = [], []
    for key in [key for key in book.texts if key.startswith("sheet.")]:
        query = (SHEETS / f"{key.removeprefix('sheet.')}.sql").read_text(encoding="utf-8")
        columns, rows = add_sheet(book, book.says(key), query)
        marts = ", ".join(dict.fromkeys(re.findall(r"marts\.(\w+)", query)))
        contents.append([book.says(key), book.texts[key].meaning, rows, marts])
        definitions += [[book.says(key), book.heading_of(name), book.texts[name].meaning] for name in columns]
    write_about(book, about, contents)
    write_definitions(book, definitions)
    book.file.close()
    return len(book.file.worksheets())


def add_sheet(book: Book, title: str, query: str) -> tuple[list[str], int]:
    """A sheet with the rows of the query; returns its columns and how many rows they are."""
    cursor = book.connection.execute(query.format(lang=book.language, as_of=book.as_of))
    columns = [column[0] for column in cursor.description]
    rows = [[cell(book, *pair) for pair in zip(columns, row, strict=True)] for row in cursor.fetchall()]
    if len(rows) > MOST_ROWS:
        raise Refused(
            f"The sheet '{title}' would have {len(rows):,} rows, and Excel takes {MOST_ROWS:,}."
            " --format parquet or csv takes them all."
        )
    headings = [book.heading_of(column) for column in columns]
    kinds = [book.texts[column].kind for column in columns]
    sheet = new_table(book, title, headings, kinds, len(rows))
    for place, column in enumerate(columns):
        sheet.write_comment(0, place, book.texts[column].meaning, {"x_scale": 2.5, "y_scale": 1.5})
    widths = [width(heading, [row[place] for row in rows]) for place, heading in enumerate(headings)]
    fill(sheet, 1, rows, [book.looks_of(kind) for kind in kinds], widths)
    if not rows:
        write(sheet, 1, 0, book.says("nothing"), book.line)
    return columns, len(rows)


def new_table(book: Book, title: str, headings: list[str], kinds: list[str], rows: int) -> Worksheet:
    """A sheet with its headings, ready to be filtered, scrolled and printed."""
    sheet = book.file.add_worksheet(title)
    write_headings(book, sheet, 0, headings, kinds)
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), len(headings) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # an id may look like a number
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{title}&C{book.says('about.as_of_date')} {book.as_of}&R&P / &N")
    return sheet


def write_headings(book: Book, sheet: Worksheet, line: int, headings: list[str], kinds: list[str]) -> None:
    """Above text on the left, above numbers on the right."""
    common = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#F2F2F2"}
    left, right = book.look(align="left", indent=1, **common), book.look(align="right", **common)
    for place, (heading, kind) in enumerate(zip(headings, kinds, strict=True)):
        write(sheet, line, place, heading, right if kind in book.looks else left)


def write_about(book: Book, sheet: Worksheet, contents: list[list]) -> None:
    """The first sheet: of which day it is, what each sheet answers, and how to read it."""
    write(sheet, 0, 0, book.says("about.title"), book.title)
    for line, key, value in ((2, "about.as_of_date", book.as_of), (3, "about.currency", book.currency)):
        write(sheet, line, 0, book.says(key), book.line)
        write(sheet, line, 1, value, book.day)
    headings = [book.says(key) for key in ("about.sheet", "about.question", "about.rows", "about.from")]
    kinds = ["text", "text", "number", "text"]
    write_headings(book, sheet, 5, headings, kinds)
    fill(sheet, 6, contents, [book.looks_of(kind) for kind in kinds], [24, 80, 10, 40])
    notes = ("about.blank", "about.money", "about.points", "about.promise", "about.meaning")
    for line, key in enumerate(notes, 7 + len(contents)):
        write(sheet, line, 0, book.says(key), book.line)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def write_definitions(book: Book, definitions: list[list]) -> None:
    """The last sheet: the meaning of every heading, for those who do not see notes."""
    headings = [book.says(key) for key in ("about.sheet", "definitions.column", "definitions.meaning")]
    sheet = new_table(book, book.says("definitions"), headings, ["text"] * 3, len(definitions))
    fill(sheet, 1, definitions, [book.text] * 3, [24, 36, 100])
