"""Overview: what next year's net revenue retention will be, whether that is enough, and why it moved."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.published import read
from dashboard.words import Words, is_unknown

STRETCHES = ("day", "week", "month", "quarter")
PARTS = ("size", "level", "contract", "rate", "left", "came")
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
ACCOUNTS_SHOWN = 10
# A chart, the rows behind it, and how a table shows them.
Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]

HEADLINES = "select * from marts.mart_headline order by position"
HISTORY = """
select as_of_date as date, expected_nrr as value, expected_nrr_low as low, expected_nrr_high as high, basis
from marts.mart_expected_nrr
where scope_type = 'all'
order by as_of_date"""
PLAN = """
select curve_date as date, planned_nrr as value, realised_nrr, target_nrr, is_straight_line, progress_status
from marts.mart_target_curve
where owner_id = 'all' and is_rolling = ? and null_reason is null
    and period_start_month = (
        select max(period_start_month) from marts.mart_target_curve
        where owner_id = 'all' and is_rolling = ? and null_reason is null
    )
order by curve_date"""
LANDINGS = """
select as_of_date as date, landing_nrr as value, nrr_so_far, contracted_mrr, at_risk_mrr, progress_status
from marts.mart_nrr_landing
where owner_id = 'all' and landing_nrr is not null
    and period_start_month = (select max(period_start_month) from marts.mart_nrr_landing where owner_id = 'all')
order by as_of_date"""
MONTHS = """
select month, opening_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr, churn_mrr, closing_mrr, is_final
from marts.mart_mrr_waterfall
order by month desc
limit 12"""
BRIDGE = "select * from marts.mart_expected_nrr_bridge where scope_type = 'all' and stretch = ?"
MOVERS = """
select change.*, accounts.account_name
from marts.mart_expected_nrr_change as change
left join marts.dim_account as accounts using (account_id)
where stretch = ?
order by change_rank
limit ?"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "overview")
    st.html(markup.figures(headlines(words), words("overview.title")))
    chart, rows, columns = expected(words)
    context.chart(today, chart, "expected", rows, columns)
    chart, rows, columns = landing(words)
    context.chart(today, chart, "landing", rows, columns)
    names = {stretch: words(f"stretch.{stretch}") for stretch in STRETCHES}
    label = words("bridge.since")
    stretch = st.segmented_control(label, STRETCHES, default="month", format_func=names.get, required=True)
    chart, rows, columns, dates = bridge(words, stretch)
    context.chart(today, chart, "bridge", rows, columns, **dates)
    rows, columns = movers(words, stretch)
    context.table(today, "movers", rows, columns, **dates)
    chart, rows, columns = movements(words)
    context.chart(today, chart, "movements", rows, columns)


def headlines(words: Words) -> list[markup.Figure]:
    return [headline(words, row) for row in read(HEADLINES).to_dict("records")]


def headline(words: Words, row: dict) -> markup.Figure:
    """A row of mart_headline in words: the value or its range, then how it stands, then what it is."""
    unit = row["unit"]
    label = row[f"label_{words.language}"]
    notes = [row[f"formula_{words.language}"], words("as_of", date=words.date(row["as_of_date"]))]
    if is_unknown(row["value"]):
        return markup.Figure(label, words("no_data"), [words.named("reason", row["null_reason"])], notes)
    of_whom = words(f"population.{row['population']}", accounts=words.number(row["accounts"]))
    notes[-1] = words.sentences(notes[-1], of_whom)
    value, low, high = (words.value(row[key], unit) for key in ("value", "value_low", "value_high"))
    marks = []
    if not is_unknown(row["range_reason"]):
        marks.append(words(f"range.{row['range_reason']}", low=low, high=high))
    if row["range_reason"] == "renewal_grace":
        value = words("range", low=low, high=high)
    if not is_unknown(row["target_value"]):
        target, due = words.value(row["target_value"], unit), words.value(row["due_value"], unit)
        gap = words.value(row["gap_value"], unit, signed=True)
        status, end = words.named("status", row["progress_status"]), words.date(row["target_end_date"])
        # A landing is held against the target itself, a rolling figure against what the plan asks for by now.
        if row["due_value"] != row["target_value"]:
            marks.append(words("against_plan", due=due, gap=gap, status=status))
            notes.append(words("target_by", target=target, date=end))
        else:
            marks.append(words("against_target", target=target, date=end, gap=gap, status=status))
    elif not is_unknown(row["target_null_reason"]):
        marks.append(words.named("reason", row["target_null_reason"]))
    if not is_unknown(row["change_value"]):
        change = words.value(row["change_value"], unit, signed=True)
        notes.append(words("since", date=words.date(row["previous_date"]), change=change))
    if not is_unknown(row["basis"]):
        notes.append(words("rests_on", basis=words.named("basis", row["basis"])))
    if not is_unknown(row["past_verdict"]):
        notes.append(words.named("verdict", row["past_verdict"]))
    return markup.Figure(label, value, marks, notes)


def expected(words: Words) -> Drawn:
    """Expected NRR day by day with its interval, and the plan of the rolling target."""
    history, plan = read(HISTORY), read(PLAN, True, True)
    lines = [
        history[["date", "value"]].assign(series=words("series.expected")),
        plan[["date", "value"]].assign(series=words("series.plan")),
    ]
    drawn = charts.rates_over_time(pd.concat(lines), history.dropna(subset=["low"]), rate_titles(words))
    return drawn, history[::-1], [
        markup.date("date", words("date"), words),
        markup.rate("value", words("series.expected"), words),
        markup.rate("low", words("low"), words),
        markup.rate("high", words("high"), words),
        markup.named("basis", words("basis"), words, "basis"),
    ]


def landing(words: Words) -> Drawn:
    """Where the NRR of the running target period will land, day by day, against the plan and the target."""
    history, plan = read(LANDINGS), read(PLAN, False, False)
    lines = [
        history[["date", "value"]].assign(series=words("series.landing")),
        plan[["date", "value"]].assign(series=words("series.plan")),
        plan[["date"]].assign(value=plan["target_nrr"], series=words("series.target")),
    ]
    drawn = charts.rates_over_time(pd.concat(lines), history[:0], rate_titles(words))
    return drawn, history[::-1], [
        markup.date("date", words("date"), words),
        markup.rate("value", words("series.landing"), words),
        markup.rate("nrr_so_far", words("nrr_so_far"), words),
        markup.money("contracted_mrr", words("contracted_mrr"), words),
        markup.money("at_risk_mrr", words("at_risk_mrr"), words),
        markup.named("progress_status", words("status"), words, "status"),
    ]


def bridge(words: Words, stretch: str) -> tuple[alt.LayerChart, pd.DataFrame, list[markup.Column], dict]:
    """The parts of the change of expected NRR over a stretch, and the dates it lies between."""
    found = read(BRIDGE, stretch)
    if found.empty or found.iloc[0]["null_reason"]:
        return alt.LayerChart(), found[:0], [], {"first": words.date(None), "last": words.date(None)}
    row = found.iloc[0]
    total = words("part.change")
    parts = pd.DataFrame(
        {"name": words(f"part.{part}"), "value": row[f"{part}_nrr"], "money": row[f"{part}_mrr"]}
        for part in (*PARTS, "change")
    )
    parts["label"] = parts["value"].map(words.points)
    in_points = parts.assign(value=100 * parts["value"])
    drawn = charts.waterfall(in_points, total, {"value": words("points_of_nrr")}, charts.POINTS)
    columns = [
        markup.text("name", words("part")),
        markup.points("value", words("points_of_nrr"), words),
        markup.money("money", words("expected_mrr"), words, signed=True),
    ]
    return drawn, parts, columns, {"first": words.date(row["from_date"]), "last": words.date(row["to_date"])}


def movers(words: Words, stretch: str) -> tuple[pd.DataFrame, list[markup.Column]]:
    """The customers that moved expected NRR most, up or down."""
    return read(MOVERS, stretch, ACCOUNTS_SHOWN), [
        markup.number("change_rank", "#", words),
        markup.wide("account_name", words("customer")),
        markup.text("account_id", words("account_id")),
        markup.text("owner_id", words("owner")),
        markup.named("membership", words("membership"), words, "membership"),
        markup.points("change_nrr", words("part.change"), words),
        markup.sentence(f"sentence_{words.language}", words("why")),
        *(markup.points(f"{part}_nrr", words(f"part.{part}"), words) for part in PARTS),
    ]


def movements(words: Words) -> Drawn:
    """What came on top and what was lost, month by month."""
    months = read(MONTHS)[::-1]
    months["name"] = months["month"].map(lambda month: words.date(month)[:7])
    kinds = [words(f"movement.{kind}") for kind in MOVEMENTS]
    tall = pd.concat(
        pd.DataFrame({"month": months["name"], "series": name, "value": months[f"{kind}_mrr"] / 10**words.minor_digits})
        for kind, name in zip(MOVEMENTS, kinds, strict=True)
    )
    title = words("mrr_in", currency=words.currency)
    drawn = charts.stacked_months(tall, kinds, {"date": words("month"), "value": title}, charts.MONEY)
    return drawn, months[::-1], [
        markup.text("name", words("month")),
        markup.money("opening_mrr", words("opening"), words),
        *(markup.money(f"{kind}_mrr", words(f"movement.{kind}"), words, signed=True) for kind in MOVEMENTS),
        markup.money("closing_mrr", words("closing"), words),
        markup.named("is_final", words("is_final"), words, "yes"),
    ]


def rate_titles(words: Words) -> dict[str, str]:
    return {"date": words("date"), "value": "NRR"}
