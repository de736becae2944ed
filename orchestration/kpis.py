"""`python -m orchestration.kpis`: writes docs/kpis.md from the seed kpi_catalog, the one place for names and formulas.

What belongs here: the page of the indicators. The numbers are worked out in models/, the seed is read there as well.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[1]
CATALOG = ROOT / "seeds" / "kpi_catalog.csv"
PAGE = ROOT / "docs" / "kpis.md"
STAGES = {
    "setup": "Set-up · 導入",
    "usage": "Usage · 利用",
    "satisfaction": "Satisfaction · 満足",
    "outcome": "Outcome · 成果",
    "finance": "Finance · 財務",
}
TOP = """# The indicators

Written by `python -m orchestration.kpis` from `seeds/kpi_catalog.csv`; edit that.

Values per customer and product on the newest day: `marts.mart_account_kpi`. Per company, segment, owner or product
over time: `marts.fct_kpi`. What an indicator needs, and whether it is there: `marts.mart_data_readiness`. An unknown
value is NULL with a `null_reason`, never 0. A group's value is the sum of numerators over the sum of denominators.
"""


def catalog() -> list[dict[str, str]]:
    """The rows of the seed, as text."""
    with CATALOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(rows: list[dict[str, str]]) -> str:
    """The page as Markdown, a section per stage."""
    return "\n".join([TOP, *(_section(stage, [row for row in rows if row["stage"] == stage]) for stage in STAGES)])


def _section(stage: str, rows: list[dict[str, str]]) -> str:
    head = ["| indicator | name | how | unit | better | needs |", "|---|---|---|---|---|---|"]
    return "\n".join([f"## {STAGES[stage]}", "", *head, *map(_line, rows), ""])


def _line(row: dict[str, str]) -> str:
    lead = f"; leads by about {row['lead_time_months']} months" if row["lead_time_months"] != "0" else ""
    cells = [
        f"`{row['kpi_key']}`",
        f"{row['label_en']}<br>{row['label_ja']}",
        f"{row['formula_en']}<br>{row['formula_ja']}",
        row["unit"],
        row["direction"] + lead,
        ", ".join(row["source"].split("|")),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(catalog()), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")
