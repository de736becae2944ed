"""Figures and tables as plain HTML: the same on the page and in the report, readable by screen readers and printers.
Everything that comes from data is escaped."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboard.words import UNKNOWN, Words, is_unknown

STYLE = """
dl.csw-figures {display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem; margin: 0;
    padding: 0}
.csw-figure {border: 1px solid #c9d1d9; border-radius: .5rem; padding: .75rem 1rem; break-inside: avoid}
.csw-figure dt {font-weight: 600; font-size: .95rem}
.csw-figure dd {margin: 0 0 .15rem; font-size: .82rem; color: #3d4752; overflow-wrap: anywhere}
.csw-figure dd.value {font-size: 1.45rem; font-weight: 600; color: #1b1f24; font-variant-numeric: tabular-nums}
.csw-figure dd.mark {font-weight: 600; color: #1b1f24}
.csw-item p {margin: 0 0 .25rem}
.csw-item dl {display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; font-size: .82rem}
.csw-item dt {color: #3d4752}
.csw-item dd {margin: 0; font-weight: 600; font-variant-numeric: tabular-nums}
.csw-scroll {overflow-x: auto; background:
    linear-gradient(90deg, #fff 40%, #fff0) left / 2.5rem 100% no-repeat local,
    linear-gradient(270deg, #fff 40%, #fff0) right / 2.5rem 100% no-repeat local,
    linear-gradient(90deg, #0003, #0000) left / .8rem 100% no-repeat scroll,
    linear-gradient(270deg, #0003, #0000) right / .8rem 100% no-repeat scroll}
.csw-paper {display: none}
.csw-table {border-collapse: collapse; width: 100%; font-size: .875rem}
.csw-scroll {container-type: inline-size}
.csw-table caption {text-align: left; font-size: .82rem; color: #3d4752; padding-bottom: .25rem}
.csw-table caption span {display: inline-block; position: sticky; left: 0; max-width: 100cqw}
.csw-table th, .csw-table td {padding: .3rem .5rem; border-bottom: 1px solid #dde2e7; text-align: left;
    vertical-align: top; min-width: 3.5rem; white-space: nowrap}
.csw-table th {font-weight: 600; background: #f3f5f8; white-space: normal; min-width: 4.5rem;
    word-break: auto-phrase}
.csw-table .wide, .csw-table .sentence {min-width: 10rem; white-space: normal; overflow-wrap: anywhere}
.csw-table .sentence {min-width: 14rem}
.csw-table .right {text-align: right; font-variant-numeric: tabular-nums}
.csw-table tr {break-inside: avoid}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * {
    color: #3d4752 !important; opacity: 1 !important}
[data-testid="stMain"] [data-testid="stPageLink"] p {color: #1d4f91; font-weight: 600; text-decoration: underline}
[data-testid="stMain"] [data-testid="stPageLink"] a {padding-left: 0}
[data-testid="stMain"] h2 {font-size: 1.5rem}
[data-testid="stMainBlockContainer"] {padding: 4rem clamp(1rem, 3vw, 3rem) 3rem}
@page {margin: 12mm}
@media print {
    [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stButton"],
    [data-testid="stDownloadButton"], .st-key-search, .st-key-another,
    [data-testid="stElementContainer"]:has([data-testid="stDataFrame"]),
    :not([class*="st-key-folded"]) > [data-testid="stExpander"]:not(:has(details[open])) {display: none !important}
    [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp {position: static !important;
        height: auto !important; overflow: visible !important}
    [data-testid="stMain"] {zoom: .75}
    [data-testid="stMainBlockContainer"] {padding: 0 !important; max-width: none !important}
    h1, h2, h3, caption, [data-testid="stElementContainer"]:has([data-testid="stHeading"]),
    [data-testid="stElementContainer"]:has([data-testid="stCaptionContainer"]) {break-after: avoid}
    [data-testid="stVegaLiteChart"], .csw-item {break-inside: avoid}
    .csw-scroll {overflow: visible; container-type: normal; background: none}
    .csw-table {font-size: .8rem}
    .csw-table th, .csw-table td {min-width: 0; padding: .2rem .35rem}
    .csw-table .wide, .csw-table .sentence {min-width: 6.5rem}
    .csw-paper {display: block}
}
"""


@dataclass(frozen=True)
class Figure:
    """One headline figure: its name, value, and beneath it the lines that say what it is and what to make of it."""

    label: str
    value: str
    marks: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a table: its key in the rows, its heading, and how a value is shown."""

    key: str
    label: str
    show: Callable[[object], str] = str
    kind: str = ""  # right: a number; wide: a name; sentence


def figures(shown: Iterable[Figure], label: str) -> str:
    """Cards side by side, one under the other on a phone."""
    cards = "".join(
        f'<div class="csw-figure"><dt>{escape(figure.label)}</dt><dd class="value">{escape(figure.value)}</dd>'
        + "".join(f'<dd class="mark">{escape(line)}</dd>' for line in figure.marks)
        + "".join(f"<dd>{escape(line)}</dd>" for line in figure.notes)
        + "</div>"
        for figure in shown
    )
    return f'<dl class="csw-figures" aria-label="{escape(label)}">{cards}</dl>'


def item(label: str, sentence: str, facts: Mapping[str, str]) -> str:
    """A sentence under its label, and beneath it what is known, each by its name."""
    known = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    said = f"<p><strong>{escape(label)}</strong></p><p>{escape(sentence)}</p>"
    return f'<div class="csw-item">{said}<dl>{known}</dl></div>'


def literal(text: str) -> str:
    """A text from data as the label of a button or link: Streamlit reads those as Markdown."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def table(rows: pd.DataFrame, columns: Sequence[Column], caption: str) -> str:
    """A table with a caption; a value that is unknown is a dash."""
    heads = "".join(f'<th scope="col"{side(column)}>{escape(column.label)}</th>' for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td{side(column)}>{cell(row[column.key], column)}</td>' for column in columns)}</tr>"
        for row in rows.to_dict("records")
    )
    return (
        f'<div class="csw-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="csw-table">'
        f"<caption><span>{escape(caption)}</span></caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def on_paper(body: str) -> str:
    """Shown by a printer alone."""
    return f'<div class="csw-paper">{body}</div>'


def side(column: Column) -> str:
    return f' class="{column.kind}"' if column.kind else ""


def cell(value: object, column: Column) -> str:
    return UNKNOWN if is_unknown(value) else escape(column.show(value))


def text(key: str, label: str) -> Column:
    return Column(key, label)


def wide(key: str, label: str) -> Column:
    """A name, or a few words."""
    return Column(key, label, kind="wide")


def sentence(key: str, label: str) -> Column:
    return Column(key, label, kind="sentence")


def named(key: str, label: str, words: Words, group: str) -> Column:
    """A code of the marts, in words."""
    return Column(key, label, lambda value: words.named(group, value))


def reason(key: str, label: str, words: Words, group: str = "reason") -> Column:
    """Why a figure is unknown, in words."""
    return Column(key, label, lambda value: words.named(group, value), "wide")


def number(key: str, label: str, words: Words, digits: int = 0) -> Column:
    return Column(key, label, lambda value: words.number(value, digits), "right")


def money(key: str, label: str, words: Words, signed: bool = False) -> Column:
    return Column(key, label, lambda value: words.money(value, signed), "right")


def rate(key: str, label: str, words: Words) -> Column:
    return Column(key, label, words.rate, "right")


def points(key: str, label: str, words: Words) -> Column:
    return Column(key, label, words.points, "right")


def date(key: str, label: str, words: Words) -> Column:
    return Column(key, label, words.date)
