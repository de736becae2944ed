"""Trust: what the last runs and checks said, what was delivered (deliveries.py), which published figures changed since,
and how forecasts and scores of the past turned out (track_record.py)."""

import pandas as pd
import streamlit as st

from dashboard import context, markup
from dashboard.pages import deliveries, track_record
from dashboard.published import read
from dashboard.words import UNKNOWN, Words, is_unknown

Table = tuple[pd.DataFrame, list[markup.Column]]

PUBLISHED = "select max(ended_at) as moment from quality.run where status = 'published'"
RUNS = """
select *, date_diff('second', started_at, ended_at) as seconds
from quality.run
order by started_at desc
limit 10"""
CHECKS = """
select *
from quality.check_result
where status in ('warned', 'failed', 'broken')
    and run_id = (select max_by(run_id, started_at) from quality.run)
order by status = 'warned', layer, table_name, check_name"""
RESTATED = """
select *
from marts.mart_restatement
where restatements > 0
order by month desc, measure
limit 100"""
POLICIES = """
select *
from marts.mart_policy_sensitivity
where month = (select max(month) from marts.mart_policy_sensitivity)
order by policy_set <> 'default', renewal_grace_days"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "trust")
    st.info(words("trust.published", moment=moment(read(PUBLISHED)["moment"].iloc[0])))
    context.table(today, "runs", *last_runs(words))
    context.table_of_faults(today, "checks", *checks(words))
    deliveries.show(today)
    context.table_of_faults(today, "restated", *restated(words))
    track_record.show(today)
    rows, columns = policies(words)
    context.table(today, "policies", rows, columns, month=month_of(rows["month"].max()))


def last_runs(words: Words) -> Table:
    return read(RUNS), [
        markup.date("as_of_date", words("runs.day"), words),
        markup.named("status", words("status"), words, "run"),
        markup.Column("started_at", words("runs.started"), moment),
        markup.number("seconds", words("runs.seconds"), words),
        markup.number("checks_passed", words("runs.passed"), words),
        markup.number("checks_warned", words("runs.warned"), words),
        markup.number("checks_failed", words("runs.failed"), words),
        markup.number("rows_loaded", words("runs.rows_loaded"), words),
        markup.wide("error", words("runs.error")),
    ]


def checks(words: Words) -> Table:
    return read(CHECKS), [
        markup.named("status", words("status"), words, "check"),
        markup.wide("message", words("checks.message")),
        markup.number("failing_rows", words("checks.rows"), words),
    ]


def restated(words: Words) -> Table:
    rows = read(RESTATED)
    rows["month"] = rows["month"].map(month_of)
    for column in ("first_published_value", "value_now", "change_since_first"):
        is_change = column == "change_since_first"
        rows[column] = [
            words.value(value, "money" if unit == "minor_units" else "rate", signed=is_change)
            for value, unit in zip(rows[column], rows["unit"], strict=True)
        ]
    return rows, [
        markup.text("month", words("month")),
        markup.named("measure", words("restated.measure"), words, "measure"),
        markup.Column("first_published_value", words("restated.first"), kind="right"),
        markup.date("first_published_as_of_date", words("restated.first_date"), words),
        markup.Column("value_now", words("restated.now"), kind="right"),
        markup.Column("change_since_first", words("restated.change"), kind="right"),
        markup.number("restatements", words("restated.times"), words),
        markup.Column("reason", words("restated.reason"), lambda code: words.named("restatement", code), "wide"),
        markup.named("is_final", words("is_final"), words, "yes"),
    ]


def policies(words: Words) -> Table:
    return read(POLICIES), [
        markup.named("policy_set", words("policies.set"), words, "policy"),
        markup.number("renewal_grace_days", words("policies.grace"), words),
        markup.rate("nrr_12_months", "NRR", words),
        markup.points("nrr_difference", words("policies.difference"), words),
        markup.rate("grr_12_months", "GRR", words),
        markup.money("closing_mrr", words("policies.closing_mrr"), words),
        markup.money("closing_mrr_difference", words("policies.difference"), words, signed=True),
        markup.named("null_reason", words("why_unknown"), words, "reason"),
    ]


def moment(value: object) -> str:
    """Quality tables are in UTC."""
    return UNKNOWN if is_unknown(value) else f"{value:%Y-%m-%d %H:%M} UTC"


def month_of(value: object) -> str:
    return UNKNOWN if is_unknown(value) else f"{value:%Y-%m}"
