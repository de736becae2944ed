"""Cohorts: how long customers stay, by the month they began in, by length of life, and month by month."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.context import choose
from dashboard.published import read
from dashboard.scopes import choose_scope, scope_name
from dashboard.words import Words, is_unknown

MEASURES = ("logo", "gross_mrr", "net_mrr")
SIDE_BY_SIDE = 5
# A chart, the rows behind it, and how a table shows them.
Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]

SCOPES = """
select scope_type, scope_value, any_value(case when ? = 'ja' then bands.label_ja else bands.label_en end) as label
from marts.mart_churn_rate as rates
left join reference.bands as bands
    on rates.scope_type = 'term' and bands.band_set = 'term' and rates.scope_value = bands.band
group by 1, 2
order by scope_type <> 'all', scope_type, any_value(bands.minimum), scope_value"""
TRIANGLE = """
select strftime(cohort_month, '%Y-%m') as cohort, months_since_start, start_value, value, churn_rate, is_final
from marts.mart_cohort_churn
where measure = ? and scope_type = ? and scope_value = ? and is_observable
order by cohort, months_since_start"""
CURVE = """
select months_since_start as months, cohorts, start_value, value, churn_rate, churn_rate_low as low,
    churn_rate_high as high, churn_rate_final, final_cohorts
from marts.mart_cohort_curve
where measure = ? and scope_type = ? and scope_value = ?
order by months"""
# The largest values of a scope side by side, the chosen one first.
LARGEST = """
select scope_value
from marts.mart_survival
where scope_type = ?
group by 1
order by scope_value = ? desc, max(at_risk) desc, scope_value
limit ?"""
# Before its first row a curve is 1, and it falls only where somebody left.
SURVIVAL = """
select scope_value, duration_months as months, survival as value, survival_low as low, survival_high as high
from marts.mart_survival
where scope_type = ? and list_contains(?, scope_value)
qualify events > 0 or row_number() over (partition by scope_value order by duration_days desc) = 1
union all
select distinct scope_value, 0, 1, 1, 1
from marts.mart_survival
where scope_type = ? and list_contains(?, scope_value)
order by scope_value, months, value desc"""
# The curve at the end of every month of life: the row of the longest life up to there.
SURVIVAL_BY_MONTH = """
select months.months, curves.scope_value, curves.at_risk, curves.survival, curves.survival_low, curves.survival_high
from (
    select scope_value, cast(unnest(range(1, cast(floor(max(duration_months)) as bigint) + 1)) as integer) as months
    from marts.mart_survival
    where scope_type = ? and list_contains(?, scope_value)
    group by 1
) as months
asof join (select * from marts.mart_survival where scope_type = ?) as curves
    on months.scope_value = curves.scope_value and months.months >= curves.duration_months
order by curves.scope_value, months.months"""
RATES = """
select month as date, opening_accounts, churned_accounts, churn_rate, could_churn_accounts,
    could_churn_churned_accounts, could_churn_rate, churn_rate_mean_12m, mrr_churn_rate, could_churn_mrr_rate, is_final,
    coalesce(null_reason, could_churn_null_reason) as null_reason
from marts.mart_churn_rate
where scope_type = ? and scope_value = ?
order by month"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "cohorts")
    names = scope_names(words)
    if not names:
        st.info(words("nothing_known"))
        return
    measure = choose(words("cohorts.counted"), "measure", MEASURES, lambda code: words(f"cohorts.measure.{code}"))
    scope_type, scope_value = choose_scope(words, names)
    of = {"of": names[scope_type, scope_value]}
    chart, rows, columns = triangle(words, measure, scope_type, scope_value)
    context.chart(today, chart, "cohorts.triangle", rows, columns, measure=words(f"cohorts.measure.{measure}"), **of)
    chart, rows, columns = curve(words, measure, scope_type, scope_value)
    context.chart(today, chart, "cohorts.curve", rows, columns, measure=words(f"cohorts.measure.{measure}"), **of)
    chart, rows, columns = survival(words, names, scope_type, scope_value)
    context.chart(today, chart, "cohorts.survival", rows, columns)
    chart, rows, columns = churn_rates(words, scope_type, scope_value)
    context.chart(today, chart, "cohorts.churn_rates", rows, columns, **of)


def scope_names(words: Words) -> dict[tuple[str, str], str]:
    """(scope type, value) → its name: of a contract term what the seed calls it."""
    return {
        (row.scope_type, row.scope_value): scope_name(words, row.scope_value) if is_unknown(row.label) else row.label
        for row in read(SCOPES, words.language).itertuples()
    }


def triangle(words: Words, measure: str, scope_type: str, scope_value: str) -> Drawn:
    """What each cohort has lost, month by month since its start; what has not happened yet is blank. The table has a
    row per cohort and a column per month."""
    rows = read(TRIANGLE, measure, scope_type, scope_value)
    rates = zip(rows["churn_rate"], rows["is_final"], strict=True)
    rows["label"] = [words.rate(rate) + ("" if is_final else " *") for rate, is_final in rates]
    cells = rows.assign(x=rows["months_since_start"], y=rows["cohort"], value=rows["churn_rate"])
    cells["short"] = rows["churn_rate"].map(percent)
    titles = {"x": words("cohorts.months_since_start"), "y": words("cohorts.cohort")}
    titles |= {"value": words(f"cohorts.lost.{measure}"), "unit": charts.RATE}
    drawn = charts.heat_map(cells[["x", "y", "value", "label", "short"]], titles)
    wide = rows.pivot(index="cohort", columns="months_since_start", values="label").fillna("")
    starts = rows.groupby("cohort")["start_value"].first()
    count = markup.number if measure == "logo" else markup.money
    return drawn, wide.assign(start_value=starts).reset_index(), [
        markup.text("cohort", words("cohorts.cohort")),
        count("start_value", words("cohorts.at_start"), words),
        *(markup.Column(month, str(month), str, "right") for month in wide.columns),
    ]


def percent(rate: float) -> str:
    """A rate for a small square, in whole percent."""
    return "<1" if 0 < rate < 0.005 else str(round(100 * rate))


def curve(words: Words, measure: str, scope_type: str, scope_value: str) -> Drawn:
    """All cohorts old enough taken together: what they have lost by each month since their start."""
    rows = read(CURVE, measure, scope_type, scope_value)
    lines = pd.concat(
        rows[["months"]].assign(value=rows[key], series=words(f"cohorts.series.{key}"))
        for key in ("churn_rate", "churn_rate_final")
    )
    titles = {"months": words("cohorts.months_since_start"), "value": words(f"cohorts.lost.{measure}")}
    show_value = markup.number if measure == "logo" else markup.money
    return charts.rates_over_months(lines.dropna(subset=["value"]), rows.dropna(subset=["low"]), titles), rows, [
        markup.number("months", words("cohorts.months_since_start"), words),
        markup.number("cohorts", words("cohorts.cohorts"), words),
        show_value("start_value", words("cohorts.at_start"), words),
        show_value("value", words("cohorts.kept"), words),
        markup.rate("churn_rate", words("cohorts.series.churn_rate"), words),
        markup.rate("low", words("low"), words),
        markup.rate("high", words("high"), words),
        markup.rate("churn_rate_final", words("cohorts.series.churn_rate_final"), words),
        markup.number("final_cohorts", words("cohorts.final_cohorts"), words),
    ]


def survival(words: Words, names: dict[tuple[str, str], str], scope_type: str, scope_value: str) -> Drawn:
    """Kaplan-Meier curves with their bands, of the values of a scope side by side; in the table, month by month."""
    values = tuple(read(LARGEST, scope_type, scope_value, SIDE_BY_SIDE)["scope_value"])
    steps = read(SURVIVAL, scope_type, values, scope_type, values)
    rows = read(SURVIVAL_BY_MONTH, scope_type, values, scope_type)
    for frame in (steps, rows):
        frame["series"] = [names[scope_type, value] for value in frame["scope_value"]]
    titles = {"months": words("cohorts.months_of_life"), "value": words("cohorts.survival_share")}
    return charts.survival(steps, titles), rows, [
        markup.wide("series", words(f"scope.{scope_type}")),
        markup.number("months", words("cohorts.months_of_life"), words),
        markup.number("at_risk", words("cohorts.at_risk"), words),
        markup.rate("survival", words("cohorts.survival_share"), words),
        markup.rate("survival_low", words("low"), words),
        markup.rate("survival_high", words("high"), words),
    ]


def churn_rates(words: Words, scope_type: str, scope_value: str) -> Drawn:
    """Who left, month by month: of all, and of those who could leave. The band marks months that are not final yet."""
    rows = read(RATES, scope_type, scope_value)
    series = ("churn_rate", "could_churn_rate", "churn_rate_mean_12m")
    lines = pd.concat(rows[["date"]].assign(value=rows[key], series=words(f"cohorts.monthly.{key}")) for key in series)
    lines = lines.dropna(subset=["value"])
    # From the last final month on, as an area needs two ends.
    not_final = rows[~rows["is_final"].shift(-1, fill_value=False).astype(bool) & ~rows["is_final"].all()]
    band = not_final.assign(low=0.0, high=lines["value"].max())
    return charts.rates_over_time(lines, band[["date", "low", "high"]], rate_titles(words)), rows[::-1], [
        markup.Column("date", words("month"), lambda month: words.date(month)[:7]),
        markup.number("opening_accounts", words("cohorts.opening_customers"), words),
        markup.number("churned_accounts", words("cohorts.lost_customers"), words),
        markup.rate("churn_rate", words("cohorts.monthly.churn_rate"), words),
        markup.number("could_churn_accounts", words("cohorts.could_churn"), words),
        markup.number("could_churn_churned_accounts", words("cohorts.could_churn_lost"), words),
        markup.rate("could_churn_rate", words("cohorts.monthly.could_churn_rate"), words),
        markup.rate("churn_rate_mean_12m", words("cohorts.monthly.churn_rate_mean_12m"), words),
        markup.rate("mrr_churn_rate", words("cohorts.mrr_churn_rate"), words),
        markup.rate("could_churn_mrr_rate", words("cohorts.could_churn_mrr_rate"), words),
        markup.named("is_final", words("is_final"), words, "yes"),
        markup.reason("null_reason", words("cohorts.why_not"), words, "churn_reason"),
    ]


def rate_titles(words: Words) -> dict[str, str]:
    return {"date": words("month"), "value": words("cohorts.churn_rate")}
