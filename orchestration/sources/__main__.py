"""`python -m orchestration.sources`: writes docs/sources.md, the page of what can be put into landing."""

from pathlib import Path

from orchestration.sources import Column, Source, declarations

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
TOP = """# What can be put into landing

Written by `python -m orchestration.sources` from `orchestration/sources/*.yml`; edit those.

Put files into `landing/<source>/`, under any name and in any folder below it: `.csv`, `.tsv`, `.jsonl` / `.ndjson` or
`.parquet`, plain or as `.gz`; text in UTF-8 or CP932 (Shift_JIS). Headers are compared without regard to case, width,
spaces, underscores and hyphens. Full-width digits, `¥1,234`, `2024/4/1`, `2024年4月1日` and times with an offset are
read as what they mean; blank is unknown. Columns not listed here are left out and reported. A row that breaks its
declaration goes to quarantine (`csw quarantine`) with the reason; a file that cannot be read fails with a sentence
(`csw status`), and the others load. Amounts become whole minor units of their currency, times become UTC, and dates are
days in Asia/Tokyo. Numbers in file names are compared as numbers (`export_9` comes before `export_10`).
"""
DELIVERY = {
    "full": "every file is the whole list, and only the newest counts",
    "append": "every file adds rows, and the newest row per key counts",
}
ORDER = {"file_name": "by file name", "date_in_file_name": "by the date in the file name"}


def page(sources: dict[str, Source]) -> str:
    """The page as Markdown."""
    return "\n".join([TOP, *(_section(source) for source in sources.values())])


def _section(source: Source) -> str:
    lines = [
        f"## {source.name} · {source.label['en']} · {source.label['ja']}",
        "",
        source.description,
        "",
        f"- {'Required' if source.required else 'Optional'}; {DELIVERY[source.delivery]}; "
        f"files are ordered {ORDER[source.order_by]}.",
        f"- Key: {', '.join(source.natural_key)}. Times without an offset are in {source.timezone}.",
        *(f"- Quarantined when {rule['reason'].split(';')[0]}." for rule in source.row_rules),
        "",
        "| column | type | also read from | meaning |",
        "|---|---|---|---|",
        *(_row(column) for column in source.columns.values()),
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    told = [column.type]
    told += ["required"] if column.required and column.default is None else []
    told += [f"default {column.default}"] if column.default is not None else []
    told += [f"always {column.constant}"] if column.constant is not None else []
    told += [f"from {column.minimum}"] if column.minimum is not None else []
    told += [f"to {column.maximum}"] if column.maximum is not None else []
    told += [f"end {column.end}"] if column.end else []
    told += [f"else from {column.derived_from}"] if column.derived_from else []
    headers = ", ".join(column.aliases) or "–"
    return f"| {column.name} | {', '.join(told)} | {headers} | {column.description} |"


if __name__ == "__main__":
    PAGE.write_text(page(declarations()), encoding="utf-8")
