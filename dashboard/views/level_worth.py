"""The part of the page Levels about worth: what a move up would add, how many it would take, what was seen of
customers that moved, and the rates all this rests on."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.context import choose
from dashboard.published import read
from dashboard.scopes import choose_scope, scope_name
from dashboard.views.level_belief import level_name
from dashboard.words import Words, is_unknown

Table = tuple[pd.DataFrame, list[markup.Column]]
Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]
GAINS = ("one", "tenth", "all")

SCOPES = """
select scope_type, scope_value from marts.mart_level_lever
group by 1, 2
order by scope_type <> 'all', scope_type, scope_value"""
LEVERS = """
select * from marts.mart_level_lever
where scope_type = ? and scope_value = ?
order by lever = 'expand', success_level"""
OBSERVED = """
select success_level, to_level, risen_accounts, risen_windows, risen_nrr, stayed_accounts, stayed_windows, stayed_nrr,
    nrr_difference, nrr_difference_low, nrr_difference_high, observed_null_reason
from marts.mart_level_lever
where scope_type = 'all' and lever = 'move'
order by success_level"""
TERMS = """
select cells.term_band as code, any_value(case when ? = 'ja' then bands.label_ja else bands.label_en end) as label
from marts.mart_level_nrr as cells
left join reference.bands as bands on cells.term_band = bands.band and bands.band_set = 'term'
where cells.as_of_date = (select max(as_of_date) from marts.mart_level_nrr)
group by 1
order by sum(cells.mrr_start) desc, code"""
CELLS = """
select cells.*, case when bands.band is null then 999 else coalesce(bands.minimum, -1) end as position
from marts.mart_level_nrr as cells
left join reference.bands as bands on cells.months_to_renewal_band = bands.band and bands.band_set = 'renewal'
where cells.term_band = ? and cells.as_of_date = (select max(as_of_date) from marts.mart_level_nrr)
order by cells.success_level desc nulls last, position, cells.months_to_renewal_band"""


def show_worth(today: context.Today) -> None:
    """What a move up or more growth would add, what was seen of those that moved, and the rates behind it."""
    words = today.words
    scopes = {tuple(scope): scope_name(words, scope[1]) for scope in read(SCOPES).itertuples(index=False)}
    scope = choose_scope(words, scopes) if scopes else ("all", "all")
    chart, rows, columns = levers(words, *scope)
    context.chart(today, chart, "levels.levers", rows, columns, gap=gap(words, rows))
    context.table(today, "levels.needed", rows, needed_columns(words))
    rows, columns = observed(words)
    context.table(today, "levels.observed", rows, columns)
    notes = read("select distinct note_en, note_ja from marts.mart_level_lever")
    for note in notes[f"note_{words.language}"]:
        st.caption(note)
    chart, rows, columns = cells(words, choose_term(words))
    context.chart(today, chart, "levels.cells", rows, columns)


def choose_term(words: Words) -> str:
    """The contract term whose rates are shown; the one with most history first."""
    terms = dict(read(TERMS, words.language).itertuples(index=False))
    if not terms:
        return ""
    return choose(words("levels.term"), "term", list(terms), lambda code: terms[code] or words.named("term_band", code))


def levers(words: Words, scope_type: str, scope_value: str) -> Drawn:
    """What each lever would add to expected NRR if one account, a tenth or all went along."""
    rows = read(LEVERS, scope_type, scope_value)
    rows["name"] = [
        words(f"levels.lever.{row.lever}", level=row.success_level, to_level=row.to_level) for row in rows.itertuples()
    ]
    gains = zip(rows["gain_nrr_tenth"], rows["gain_mrr_tenth"], strict=True)
    labels = [f"{words.points(nrr)} ({words.money(mrr, signed=True)})" for nrr, mrr in gains]
    shown = rows.assign(value=100 * rows["gain_nrr_tenth"], label=labels)
    columns = [
        markup.text("name", words("levels.lever")),
        markup.number("accounts", words("levels.with_a_product"), words),
        markup.money("mrr", "MRR", words),
        *(markup.points(f"gain_nrr_{part}", words(f"levels.gain.{part}"), words) for part in GAINS),
        *(markup.money(f"gain_mrr_{part}", words(f"levels.gain_mrr.{part}"), words, signed=True) for part in GAINS),
        markup.reason("gain_null_reason", words("levels.gain_unknown"), words),
        markup.rate("expected_expansion_rate", words("levels.expected_expansion"), words),
        markup.rate("best_quarter_rate", words("levels.best_quarter"), words),
    ]
    return charts.bars(shown.dropna(subset=["value"]), {"value": words("points_of_nrr")}, charts.POINTS), rows, columns


def needed_columns(words: Words) -> list[markup.Column]:
    """How many customers each lever would take to close the gap, of the rows of `levers`."""
    return [
        markup.text("name", words("levels.lever")),
        markup.number("accounts", words("levels.with_a_product"), words),
        markup.number("accounts_needed", words("levels.accounts_needed"), words),
        markup.named("is_within_reach", words("levels.is_within_reach"), words, "yes"),
        markup.reason("needed_null_reason", words("levels.needed_unknown"), words),
    ]


def gap(words: Words, rows: pd.DataFrame) -> str:
    """Expected NRR of a scope against its target, as a sentence."""
    if rows.empty:
        return ""
    row = rows.iloc[0]
    expected = words.rate(row["expected_nrr"])
    if is_unknown(row["target_nrr"]):
        return words("levels.gap.no_target", expected=expected)
    kind = "rolling" if row["is_target_rolling"] else "period"
    if row["gap_nrr"] <= 0:
        kind = "reached"
    # The mart says what is missing; people read a gap as on the overview: below the target is below zero.
    missing = {"gap": words.points(-row["gap_nrr"]), "money": words.money(-row["gap_mrr"], signed=True)}
    return words(f"levels.gap.{kind}", expected=expected, target=words.rate(row["target_nrr"]), **missing)


def observed(words: Words) -> Table:
    """Years in which customers rose by one level against years in which they stayed on it."""
    rows = read(OBSERVED)
    rows["name"] = [
        words("levels.lever.move", level=row.success_level, to_level=row.to_level) for row in rows.itertuples()
    ]
    return rows, [
        markup.text("name", words("levels.lever")),
        *(
            column
            for side in ("risen", "stayed")
            for column in (
                markup.number(f"{side}_accounts", words(f"levels.{side}_accounts"), words),
                markup.number(f"{side}_windows", words(f"levels.{side}_windows"), words),
                markup.rate(f"{side}_nrr", words(f"levels.{side}_nrr"), words),
            )
        ),
        markup.points("nrr_difference", words("levels.difference"), words),
        markup.points("nrr_difference_low", words("levels.difference_low"), words),
        markup.points("nrr_difference_high", words("levels.difference_high"), words),
        markup.reason("observed_null_reason", words("levels.difference_unknown"), words),
    ]


def cells(words: Words, term: str) -> Drawn:
    """What a year is expected to make of MRR, by level and months to renewal, for one contract term."""
    rows = read(CELLS, term)
    rows["level"] = [level_name(words, level) for level in rows["success_level"]]
    rows["renewal"] = rows["months_to_renewal_band"].map(lambda code: words.named("renewal_band", code))
    shown = rows.assign(x=rows["renewal"], y=rows["level"], value=rows["expected_nrr"])
    rates = zip(rows["expected_nrr"], rows["accounts"], strict=True)
    shown["label"] = [f"{words.rate(rate)} ({words.number(accounts)})" for rate, accounts in rates]
    bands = rows.sort_values(["position", "months_to_renewal_band"])["renewal"].unique()
    shown = charts.whole_grid(shown[["x", "y", "value", "label"]], bands, rows["level"].unique())
    titles = {"x": words("levels.months_to_renewal"), "y": words("levels.level"), "value": words("series.expected")}
    return charts.heat_map(shown, {**titles, "unit": charts.RATE}), rows, [
        markup.text("level", words("levels.level")),
        markup.text("renewal", words("levels.months_to_renewal")),
        markup.number("accounts", words("levels.past_customers"), words),
        markup.number("windows", words("levels.past_years"), words),
        markup.rate("observed_nrr", words("levels.observed_nrr"), words),
        markup.rate("assumed_nrr", words("levels.assumed_nrr"), words),
        markup.rate("expected_nrr", words("series.expected"), words),
        markup.named("basis", words("basis"), words, "basis"),
    ]
