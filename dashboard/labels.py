"""What the seeds call things, in the reader's language: indicators with their definitions, phases, bands, segments of
care; and how a value that is not known says why."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from dashboard import markup
from dashboard.published import read
from dashboard.words import UNKNOWN, Words, is_unknown

CATALOGUE = """
select kpi_key, label_en, label_ja, formula_en, formula_ja, unit
from reference.kpi_catalog"""
# Where profiles call a code by different names, the first one speaks for it.
NAMES = """
select kind, code, min_by(label_en, precedence) as label_en, min_by(label_ja, precedence) as label_ja
from (
    select 'phase' as kind, phase as code, label_en, label_ja, product_profile <> 'default' as precedence
    from reference.phases
    union all
    select 'band', band, label_en, label_ja, false from reference.health_bands where score_kind = 'health'
    union all
    select 'approach', band, label_en, label_ja, false from reference.health_bands where score_kind = 'approach'
    union all
    select 'care_segment', care_segment, label_en, label_ja, false from reference.care_segments
    union all
    select 'assigned_to', assigned_to, label_en, label_ja, false from reference.assignments
    union all
    select 'term', band, label_en, label_ja, false from reference.bands where band_set = 'term'
    union all
    select 'usage_status', usage_status, label_en, label_ja, product_profile <> 'default'
    from reference.usage_statuses
)
group by 1, 2"""


class Indicator(NamedTuple):
    """An indicator of the catalogue as a person reads it."""

    label: str
    definition: str
    unit: str


def indicators(words: Words) -> dict[str, Indicator]:
    """Key of the KPI catalogue → its name, definition and unit."""
    return {
        row["kpi_key"]: Indicator(row[f"label_{words.language}"], row[f"formula_{words.language}"], row["unit"])
        for row in read(CATALOGUE).to_dict("records")
    }


def names(words: Words, kind: str) -> dict[str, str]:
    """Code → what the seeds call it, for one kind of code."""
    known = read(NAMES)
    known = known[known["kind"] == kind]
    return dict(zip(known["code"], known[f"label_{words.language}"], strict=True))


def name(words: Words, kind: str, code: object) -> str:
    """One code in words: those of the seeds, else those of texts.csv."""
    return names(words, kind).get(code) or words.named(kind, code)


def named(key: str, label: str, words: Words, kind: str) -> markup.Column:
    """A column of codes that the seeds have names for."""
    known = names(words, kind)
    return markup.Column(key, label, lambda code: known.get(code) or words.named(kind, code))


def product(words: Words, product_id: str) -> str:
    return words("account.whole") if product_id == "all" else product_id


def in_grace(words: Words, minor: object) -> list[str]:
    """What of an MRR may still go, while renewals are late; nothing where none is."""
    return [words("account.in_grace", money=words.money(minor))] if minor else []


def known_or_why(
    words: Words, rows: pd.DataFrame, key: str, reason_key: str, show: Callable[[object], str]
) -> list[str]:
    """The values of a column as text; for one that is not known a dash, with the reason where there is one."""
    return [
        show(value) if not is_unknown(value) else why(words, reason)
        for value, reason in zip(rows[key], rows[reason_key], strict=True)
    ]


def why(words: Words, reason: object) -> str:
    return UNKNOWN if is_unknown(reason) else f"{UNKNOWN} ({words.named('reason', reason)})"
