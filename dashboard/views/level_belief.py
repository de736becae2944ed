"""The part of the page Levels about belief: whether levels tell who stays, and which thresholds and weights would tell
better."""

from collections.abc import Iterable

import altair as alt
import pandas as pd

from dashboard import charts, context, markup
from dashboard.published import read
from dashboard.words import Words, is_unknown

Table = tuple[pd.DataFrame, list[markup.Column]]
Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]
CHANGES = ("other_threshold", "worth_a_condition", "proposes")

VALIDITY = """
select * from marts.mart_level_validity
where product_profile = ?
order by success_level desc nulls last"""
THRESHOLDS = """
select tried.metric_key, any_value(case when ? = 'ja' then kpis.label_ja else kpis.label_en end) as indicator,
    any_value(kpis.unit) as unit, any_value(tried.current_conditions) as current_conditions,
    any_value(tried.verdict) as verdict, any_value(tried.proposed_threshold) as proposed_threshold,
    max(tried.cut_value) filter (tried.is_best_in_training) as best_threshold,
    max(tried.test_churn_rate_below) filter (tried.is_best_in_training) as churn_below,
    max(tried.test_churn_rate_above) filter (tried.is_best_in_training) as churn_above,
    any_value(tried.proposed_gain) as gain, any_value(tried.gain_by_chance) as gain_by_chance,
    any_value(tried.adjusted_p_value) as adjusted_p_value, any_value(tried.null_reason) as null_reason
from marts.mart_threshold_advisor as tried
inner join reference.kpi_catalog as kpis on tried.metric_key = kpis.kpi_key
where tried.product_profile = ?
group by 1
order by any_value(tried.null_reason) is not null, bool_or(tried.is_useful) desc,
    any_value(tried.proposed_gain) desc nulls last, indicator"""
CONDITION_NAMES = """
select condition_key, case when ? = 'ja' then label_ja else label_en end as label
from reference.success_level_conditions
order by product_profile = ?, product_profile = 'default'"""
WEIGHTS = """
select tried.*, case when ? = 'ja' then kpis.label_ja else kpis.label_en end as indicator
from marts.mart_weight_advisor as tried
inner join reference.kpi_catalog as kpis on tried.metric_key = kpis.kpi_key
order by tried.scored_by, tried.current_weight desc, indicator"""


def show_belief(today: context.Today, profile: str) -> None:
    """Whether levels tell who stays, and which thresholds and weights would tell better."""
    words = today.words
    chart, rows, columns = validity(words, profile)
    context.chart(today, chart, "levels.validity", rows, columns, verdict=level_verdict(words, rows))
    rows, columns = thresholds(words, profile)
    changed = [f"{row.indicator} {row.proposed_threshold}" for row in rows.itertuples() if row.verdict in CHANGES]
    context.folded(today, "levels.thresholds", rows, columns, proposed=proposed(words, rows, changed))
    rows, columns = weights(words)
    changed = dict.fromkeys(rows.loc[rows["verdict"].isin(CHANGES), "scored_by"])
    context.folded(today, "levels.weights", rows, columns, proposed=proposed(words, rows, changed))


def level_name(words: Words, level: object, null_reason: object = None) -> str:
    if not is_unknown(level):
        return words("levels.level_n", level=int(level))
    unknown = words("levels.level_unknown")
    return unknown if is_unknown(null_reason) else f"{unknown}: {words.named('reason', null_reason)}"


def validity(words: Words, profile: str) -> Drawn:
    """Churn of a year by the level held at its start, with its interval."""
    rows = read(VALIDITY, profile)
    rows["name"] = [level_name(words, level) for level in rows["success_level"]]
    shown = rows.assign(value=rows["churn_rate"], low=rows["churn_rate_low"], high=rows["churn_rate_high"])
    titles = {"value": words("levels.churn_rate"), "low": words("low"), "high": words("high")}
    return charts.intervals(shown, titles), rows, [
        markup.text("name", words("levels.level")),
        markup.number("accounts", words("levels.customers"), words),
        markup.number("windows", words("levels.past_years"), words),
        markup.number("churned", words("levels.lost_years"), words),
        markup.rate("churn_rate", words("levels.churn_rate"), words),
        markup.rate("churn_rate_low", words("low"), words),
        markup.rate("churn_rate_high", words("high"), words),
        markup.rate("nrr", "NRR", words),
        markup.points("churn_difference", words("levels.against_below"), words),
        markup.points("churn_difference_low", words("levels.difference_low"), words),
        markup.points("churn_difference_high", words("levels.difference_high"), words),
        markup.named("separates_from_below", words("levels.separates_from_below"), words, "yes"),
        markup.reason("difference_null_reason", words("levels.difference_unknown"), words),
    ]


def level_verdict(words: Words, rows: pd.DataFrame) -> str:
    """Whether the levels of a profile tell who stays, as a sentence, and which of them do not."""
    if rows.empty:
        return ""
    row = rows.iloc[0]
    said = [words.named("level_verdict", row["verdict"])]
    if not is_unknown(row["trend_null_reason"]):
        said.append(words("levels.because", reason=words.named("reason", row["trend_null_reason"])))
    if not is_unknown(row["levels_not_separating"]):
        said.append(words("levels.levels_not_separating", levels=row["levels_not_separating"]))
    return words.sentences(*said)


def thresholds(words: Words, profile: str) -> Table:
    """One row per indicator: what levels ask of it now, and whether it is worth a condition."""
    rows = read(THRESHOLDS, words.language, profile)
    names = dict(read(CONDITION_NAMES, words.language, profile).itertuples(index=False))
    rows["now"] = [None if is_unknown(now) else in_words(now, names) for now in rows["current_conditions"]]
    for key in ("proposed_threshold", "best_threshold"):
        rows[key] = [threshold(words, value, unit) for value, unit in zip(rows[key], rows["unit"], strict=True)]
    return rows, [
        markup.wide("indicator", words("levels.indicator")),
        markup.named("verdict", words("levels.verdict"), words, "advice"),
        markup.reason("null_reason", words("levels.why_not"), words),
        markup.wide("now", words("levels.asked_now")),
        markup.Column("proposed_threshold", words("levels.proposed_threshold"), kind="right"),
        markup.Column("best_threshold", words("levels.best_threshold"), kind="right"),
        markup.rate("churn_below", words("levels.churn_below"), words),
        markup.rate("churn_above", words("levels.churn_above"), words),
        markup.number("gain", words("levels.gain_nats"), words, 4),
        markup.number("gain_by_chance", words("levels.gain_by_chance"), words, 4),
        markup.number("adjusted_p_value", words("levels.adjusted_p_value"), words, 3),
    ]


def threshold(words: Words, value: object, unit: str) -> str:
    """A threshold in full, as it would stand in the seed."""
    if is_unknown(value) or unit in ("share", "rate"):
        return words.rate(value)
    return words.number(value, 0 if value == round(value) else 2)


def proposed(words: Words, rows: pd.DataFrame, changed: Iterable[str]) -> str:
    """What the advisor would change, as a sentence."""
    if (rows["verdict"] == "not_reportable").all():
        return words("levels.proposed.not_reportable")
    changes = "; ".join(changed)
    return words("levels.proposed.change", changes=changes) if changes else words("levels.proposed.nothing")


def in_words(conditions: str, names: dict[str, str]) -> str:
    """`key >= 1.0; other_key < 2.0` with the names of the conditions in place of their keys."""
    parts = (part.split(" ", 1) for part in conditions.split("; "))
    named = "; ".join(f"{names.get(key, key)} ({threshold})" for key, threshold in parts)
    return named.replace(">=", "≥").replace("<=", "≤")


def weights(words: Words) -> Table:
    """One row per profile of the health score and component: its weight, and the one that would have told better."""
    return read(WEIGHTS, words.language), [
        markup.text("scored_by", words("levels.scored_by")),
        markup.wide("indicator", words("levels.component")),
        markup.number("current_weight", words("levels.current_weight"), words),
        markup.named("verdict", words("levels.verdict"), words, "advice"),
        markup.reason("null_reason", words("levels.why_not"), words),
        markup.number("best_weight", words("levels.best_weight"), words),
        markup.number("proposed_weight", words("levels.proposed_weight"), words),
        markup.number("gain", words("levels.gain_nats"), words, 4),
        markup.number("gain_by_chance", words("levels.gain_by_chance"), words, 4),
        markup.number("adjusted_p_value", words("levels.adjusted_p_value"), words, 3),
    ]
