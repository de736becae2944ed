"""How a customer came where it stands: its months on one time axis, with the days on which renewals come due."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, labels, markup
from dashboard.published import read
from dashboard.words import Words

STRIPS = ("mrr", "health_score", "success_level", "logins_per_week", "seat_utilisation", "nps_score", "touches")
PRODUCT_STRIPS = ("mrr", "health_score", "success_level", "logins_28d", "seat_utilisation")

HISTORY = """
select as_of_date as date, mrr, health_score, health_band, success_level, logins_per_week, seat_utilisation, nps_score,
    touches, movement_type, delta_mrr, expected_mrr_12m
from marts.mart_account_360
where account_id = ?
order by as_of_date"""
PRODUCT_HISTORY = """
with months as (
    select as_of_date from marts.mart_account_360 where account_id = ?
),

book as (
    select as_of_date, mrr from marts.fct_expected_nrr where account_id = ? and product_id = ?
),

usage as (
    select as_of_date, logins_28d, seat_utilisation from marts.fct_usage where account_id = ? and product_id = ?
),

levels as (
    select as_of_date, success_level from marts.fct_success_level where account_id = ? and product_id = ?
)

select
    as_of_date as date, book.mrr, scores.score as health_score, scores.band as health_band, levels.success_level,
    usage.logins_28d, usage.seat_utilisation
from months
inner join marts.fct_health_score as scores using (as_of_date)
left join levels using (as_of_date)
left join book using (as_of_date)
left join usage using (as_of_date)
where scores.account_id = ? and scores.product_id = ?
order by 1"""
RENEWALS = """
select due_date as date, status, string_agg(product_id, ', ' order by product_id) as products
from marts.fct_renewal
where account_id = ? and (product_id = ? or ? = 'all')
group by 1, 2
order by 1, 2"""


def show(today: context.Today, account_id: str, product_id: str) -> None:
    words = today.words
    title = words("history.title")
    st.header(title)
    st.caption(words("history.definition" if product_id == "all" else "history.of_product"))
    strips, rows, columns = history(words, account_id, product_id)
    if rows.empty:
        st.info(words("nothing_known"))
        return
    for name, drawn in strips.items():
        st.altair_chart(charts.legible(drawn), alt=f"{title}: {name}. {words('figures_below')}", width="stretch")
    with st.expander(words("as_table")):
        st.html(markup.table(rows[::-1], columns, title))


def history(
    words: Words, account_id: str, product_id: str
) -> tuple[dict[str, alt.LayerChart], pd.DataFrame, list[markup.Column]]:
    """A chart for each measure of which anything is known, the months behind them, and how a table shows them."""
    if product_id == "all":
        strips, rows = STRIPS, read(HISTORY, account_id)
    else:
        strips, rows = PRODUCT_STRIPS, read(PRODUCT_HISTORY, account_id, *(account_id, product_id) * 4)
    names = {strip: strip_name(words, strip) for strip in strips if rows[strip].notna().any()}
    if not names:
        return {}, rows[:0], []
    tall = pd.concat(
        pd.DataFrame({"date": rows["date"], "series": name, "value": in_units(words, strip, rows[strip])})
        for strip, name in names.items()
    )
    marks = read(RENEWALS, account_id, product_id, product_id)
    states = marks["status"].map(lambda status: words.named("renewal_state", status))
    marks["label"] = states + ": " + marks["products"]
    drawn = charts.small_multiples(tall, list(names.values()), {"date": words("date")}, marks)
    return drawn, rows, table_columns(words, rows)


def in_units(words: Words, strip: str, values: pd.Series) -> pd.Series:
    """Money in whole units and shares in percent, as the names of the strips say."""
    numbers = values.astype("float64")
    if strip == "mrr":
        return numbers / 10**words.minor_digits
    return numbers * 100 if strip == "seat_utilisation" else numbers


def strip_name(words: Words, strip: str) -> str:
    """The name of a measure with its unit."""
    own = {
        "mrr": words("mrr_in", currency=words.currency),
        "health_score": words("scores.title"),
        "success_level": words("reached.title"),
        "touches": words("touches"),
        "logins_28d": words("logins_28d"),
    }
    if strip in own:
        return own[strip]
    indicator = labels.indicators(words)[strip]
    return f"{indicator.label} (%)" if indicator.unit == "share" else indicator.label


def table_columns(words: Words, rows: pd.DataFrame) -> list[markup.Column]:
    known = labels.indicators(words)
    columns = [
        markup.date("date", words("date"), words),
        markup.money("mrr", "MRR", words),
        markup.named("movement_type", words("movement"), words, "movement"),
        markup.money("delta_mrr", words("delta_mrr"), words, signed=True),
        markup.number("health_score", words("health"), words, 1),
        labels.named("health_band", words("accounts.band"), words, "band"),
        markup.number("success_level", words("level"), words),
        markup.number("logins_per_week", known["logins_per_week"].label, words, 1),
        markup.number("logins_28d", words("logins_28d"), words),
        markup.rate("seat_utilisation", known["seat_utilisation"].label, words),
        markup.number("nps_score", known["nps_score"].label, words, 1),
        markup.number("touches", words("touches"), words),
        markup.money("expected_mrr_12m", words("accounts.expected"), words),
    ]
    return [column for column in columns if column.key in rows]
