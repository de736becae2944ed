"""The overview as one HTML file, for those without the server: the page's own figures, charts as pictures, nothing
loaded from elsewhere."""

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

from dashboard import markup
from dashboard.context import today_in
from dashboard.published import NothingPublished, published_file, version
from dashboard.views import overview
from dashboard.words import Words
from orchestration.settings import DataDir, Refused

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1><p>{answers}</p>{body}</main></body></html>
"""
STYLE = """
body {font: 1rem/1.5 system-ui, "Hiragino Sans", "Noto Sans CJK JP", sans-serif; color: #1b1f24; margin: 0}
main {max-width: 62rem; margin: 0 auto; padding: 1rem}
section {margin-top: 2rem}
svg {max-width: 100%; height: auto; overflow: visible}
summary {cursor: pointer}
@media print {
    h2, section > p {break-after: avoid; break-inside: avoid}
    [role="img"] {break-inside: avoid}
    details:not([open]) {display: none}
}
"""


def write_report(data_dir: DataDir, path: Path, language: str) -> None:
    """Raises Refused when nothing is published, or the file cannot be written."""
    os.environ["CSW_DATA_DIR"] = str(data_dir.root)
    try:
        page = whole_page(language)
    except NothingPublished:
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.") from None
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def whole_page(language: str) -> str:
    """Of one day: begun again when a new one is published meanwhile."""
    before = version(published_file())
    today = today_in(language)
    words = today.words
    title = f"{words('overview.title')} {today.as_of_date}"
    page = PAGE.format(
        language=language,
        title=escape(title),
        answers=escape(words("overview.answers")),
        style=markup.STYLE + STYLE,
        body=markup.figures(overview.headlines(words), words("overview.title")) + "".join(sections(words)),
    )
    return page if version(published_file()) == before else whole_page(language)


def sections(words: Words) -> Iterator[str]:
    for name, drawn in (("expected", overview.expected), ("landing", overview.landing)):
        yield section(words, name, *drawn(words))
    for stretch in ("day", "month"):
        chart, rows, columns, dates = overview.bridge(words, stretch)
        yield section(words, "bridge", chart, rows, columns, **dates)
    yield section(words, "movers", None, *overview.movers(words, "month"), **dates)
    yield section(words, "movements", *overview.movements(words))


def section(
    words: Words, name: str, chart: alt.TopLevelMixin | None, rows: pd.DataFrame, columns: list, **values: str
) -> str:
    title, definition = escape(words(f"{name}.title")), escape(words.about(f"{name}.definition", **values))
    if rows.empty:
        said = "".join(f"<p>{sentence}</p>" for sentence in (definition, escape(words.nothing(name))) if sentence)
        return f"<section><h2>{title}</h2>{said}</section>"
    table = markup.table(rows, columns, words(f"{name}.title"))
    if chart is None:
        return f"<section><h2>{title}</h2><p>{definition}</p>{table}</section>"
    picture = f'<div role="img" aria-label="{title}">{svg(chart)}</div>'
    table = f"<details><summary>{escape(words('as_table'))}</summary>{table}</details>"
    return f"<section><h2>{title}</h2><p>{definition}</p>{picture}{table}</section>"


def svg(chart: alt.TopLevelMixin) -> str:
    """With room at the left: where it is read, the font may be wider than where it was drawn."""
    drawn = chart.properties(width=760, padding={"left": 40, "right": 5, "top": 5, "bottom": 5})
    return vl_convert.vegalite_to_svg(drawn.to_dict(), vl_version=VEGA_LITE)
