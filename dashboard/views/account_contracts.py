"""What a customer has signed and what came of it: renewals, contract lines, lifetime value, goals."""

import pandas as pd
import streamlit as st

from dashboard import context, labels, markup
from dashboard.published import read
from dashboard.views import account_figures
from dashboard.words import Words, is_unknown

Table = tuple[pd.DataFrame, list[markup.Column]]

COMING = """
select
    *,
    case
        when is_overdue then 'overdue'
        when is_cancelled then 'cancelled'
        when is_renewal_signed then 'signed'
        else 'open'
    end as state
from marts.mart_renewal_calendar
where account_id = ? and (product_id = ? or ? = 'all')
order by due_date, product_id"""
DECIDED = """
select * from marts.fct_renewal
where account_id = ? and (product_id = ? or ? = 'all') and status <> 'open'
order by due_date desc, product_id"""
LINES = """
select lines.*, currencies.minor_digits
from marts.fct_contract_line as lines
left join reference.currencies as currencies using (currency)
where account_id = ? and (product_id = ? or ? = 'all')
order by start_date desc, product_id, contract_id"""
GOALS = """
select * from marts.mart_goal_attainment
where account_id = ? and (product_id = ? or ? = 'all')
order by due_date, goal_id"""


def show(today: context.Today, account_id: str, product_id: str) -> None:
    words, asked = today.words, (account_id, product_id, product_id)
    rows, columns = coming(words, *asked)
    if len(rows):
        context.table(today, "coming", rows, columns)
    rows, columns = decided(words, *asked)
    if len(rows):
        context.folded(today, "decided", rows, columns)
    rows, columns = lines(words, *asked)
    context.folded(today, "lines", rows, columns)
    st.header(words("worth.title"))
    st.html(markup.figures(account_figures.worth(words, account_id), words("worth.title")))
    rows, columns = goals(words, *asked)
    if len(rows):
        context.table(today, "goals", rows, columns)


def coming(words: Words, *asked: str) -> Table:
    """Renewals that are awaited or come due within twelve months."""
    return read(COMING, *asked), [
        markup.date("due_date", words("due_date"), words),
        markup.number("days_to_due", words("days_to_due"), words),
        markup.text("product_id", words("product")),
        markup.money("mrr", words("due_mrr"), words),
        markup.number("term_months", words("term_months"), words),
        markup.named("auto_renew", words("auto_renew"), words, "yes"),
        markup.named("state", words("status"), words, "renewal_state"),
        markup.money("signed_mrr", words("signed_mrr"), words),
    ]


def decided(words: Words, *asked: str) -> Table:
    """Renewals that are decided, the newest first, and what came of them."""
    return read(DECIDED, *asked), [
        markup.date("due_date", words("due_date"), words),
        markup.text("product_id", words("product")),
        markup.number("term_months", words("term_months"), words),
        markup.money("due_mrr", words("due_mrr"), words),
        markup.named("status", words("status"), words, "renewal_state"),
        markup.money("renewed_mrr", words("renewed_mrr"), words),
        markup.number("days_late", words("days_late"), words),
    ]


def lines(words: Words, *asked: str) -> Table:
    """Contract lines, the newest first, each in its own currency, with the row of the file it came from."""
    rows = read(LINES, *asked)
    for key in ("mrr", "discount_mrr"):
        rows[key] = [
            Words(words.language, currency, 0 if is_unknown(digits) else int(digits)).money(minor)
            for minor, currency, digits in zip(rows[key], rows["currency"], rows["minor_digits"], strict=True)
        ]
    return rows, [
        markup.text("contract_id", words("contract")),
        markup.text("product_id", words("product")),
        markup.text("plan", words("plan")),
        markup.date("start_date", words("start"), words),
        markup.date("end_date_exclusive", words("end"), words),
        markup.number("term_months", words("term_months"), words),
        markup.number("seats", words("seats"), words),
        markup.Column("mrr", words("line_mrr"), str, "right"),
        markup.Column("discount_mrr", words("discount"), str, "right"),
        markup.named("auto_renew", words("auto_renew"), words, "yes"),
        markup.named("is_cancelled", words("is_cancelled"), words, "yes"),
        markup.text("renewal_of", words("renewal_of")),
        markup.text("source_file", words("source_file")),
        markup.number("source_row_number", words("source_row"), words),
    ]


def goals(words: Words, *asked: str) -> Table:
    """Goals and how far they have come."""
    rows = read(GOALS, *asked)
    rows["way"] = labels.known_or_why(words, rows, "attainment", "null_reason", words.rate)
    return rows, [
        markup.wide("metric", words("goal")),
        markup.named("scope", words("goal_scope"), words, "goal_scope"),
        markup.text("product_id", words("product")),
        markup.number("baseline", words("goal_baseline"), words, 1),
        markup.number("target", words("goal_target"), words, 1),
        markup.number("actual", words("goal_actual"), words, 1),
        markup.text("way", words("goal_way")),
        markup.named("status", words("status"), words, "goal_status"),
        markup.date("measured_date", words("measured"), words),
        markup.date("due_date", words("goal_due"), words),
    ]
