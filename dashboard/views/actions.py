"""Actions: whom to call, why and by when, most urgent first, as `csw actions` says it; and which touches go together
with renewals."""

import datetime

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.published import opened, published_file, read
from dashboard.words import UNKNOWN, Words, is_unknown
from orchestration.actions import NOBODY, QUERY, as_csv
from orchestration.published_file import rows_of

Row = dict[str, object]
ALL = "all"
SHOWN_AT_ONCE = 30
# Days after the as-of date up to which an item is due: the morning after is when people read it.
DUE_WITHIN = {"day": 1, "week": 7}

OWNERS = f"select distinct coalesce(owner_id, '{NOBODY}') as owner from marts.dim_account order by 1"
REASONS = """
select distinct reason_key, label_en, label_ja, urgency
from marts.mart_action_queue
qualify row_number() over (partition by reason_key order by urgency) = 1
order by urgency, reason_key"""
TOUCHES = """
select *
from marts.mart_touch_effect
order by product_id <> 'all', product_id, touch_type <> 'all', touch_type"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "actions")
    owner, reason, due = filters(words, today.as_of_date)
    rows = queue(words, owner, reason, due)
    st.caption(words("actions.definition"))
    late = sum(row["is_overdue"] for row in rows)
    st.markdown(words("actions.count", count=words.number(len(rows)), late=words.number(late)))
    if rows:
        # Written when it is asked for: thousands of rows take longer than the rest of the page.
        name = f"actions_{today.as_of_date}.csv"
        st.download_button(words("actions.csv"), lambda: as_csv(rows), name, "text/csv", on_click="ignore")
    limit = st.session_state.get("actions_shown", SHOWN_AT_ONCE)
    for row in rows[:limit]:
        show_item(words, row)
    if len(rows) > limit and st.button(words("actions.more", count=words.number(len(rows) - limit))):
        st.session_state["actions_shown"] = limit + SHOWN_AT_ONCE
        st.rerun()
    drawn, touches, columns = touch_effects(words)
    context.chart(today, drawn, "touches", touches, columns)


def filters(words: Words, as_of_date: str) -> tuple[str, str, str]:
    """Owner, reason and due as chosen; they stand in the address."""
    owners, reasons, dues = st.columns(3)
    known = read(OWNERS)["owner"].tolist()
    labels = read(REASONS).set_index("reason_key")[f"label_{words.language}"].to_dict()
    said = {ALL: words("actions.all"), NOBODY: words("actions.nobody")}
    with owners:
        owner = context.choose(words("owner"), "owner", [ALL, *known], lambda key: said.get(key, key))
    with reasons:
        reason = context.choose(
            words("actions.reason"), "reason", [ALL, *labels], lambda key: labels.get(key, said[ALL])
        )
    with dues:
        due = context.choose(
            words("actions.due"), "due", [ALL, "overdue", *DUE_WITHIN], lambda key: due_in_words(words, key, as_of_date)
        )
    return owner, reason, due


def due_in_words(words: Words, due: str, as_of_date: str) -> str:
    if due not in DUE_WITHIN:
        return words(f"actions.{due}")
    is_known = as_of_date != UNKNOWN
    return words("actions.due_by", date=last_day(datetime.date.fromisoformat(as_of_date), due) if is_known else UNKNOWN)


def last_day(as_of_date: datetime.date, due: str) -> datetime.date:
    return as_of_date + datetime.timedelta(days=DUE_WITHIN[due])


def queue(words: Words, owner: str = ALL, reason: str = ALL, due: str = ALL) -> list[Row]:
    """The open items asked for, most urgent first, as `csw actions --csv` writes them."""
    with opened(published_file()) as connection:
        rows = rows_of(connection, QUERY.format(lang=words.language), {"owner": None if owner == ALL else owner})
    return [row for row in rows if reason in (ALL, row["reason_key"]) and is_due(row, due)]


def is_due(row: Row, due: str) -> bool:
    if due == "overdue":
        return row["is_overdue"]
    return due == ALL or row["due_date"] <= last_day(row["as_of_date"], due)


def show_item(words: Words, row: Row) -> None:
    """One item, with the way to its customer."""
    with st.container(border=True):
        name = f"{row['account_name']} ({row['account_id']})" if row["account_name"] else row["account_id"]
        st.page_link(
            st.session_state["pages"]["account"],
            label=markup.literal(f"{row['priority']}. {name}"),
            query_params={"lang": words.language, "account": row["account_id"]},
        )
        st.html(markup.item(row["label"], row["sentence"], facts(words, row)))


def facts(words: Words, row: Row) -> dict[str, str]:
    """What stands beneath the sentence: whose it is, the money, the days."""
    gain = words.money(row["expected_mrr_gain"], signed=True)
    if is_unknown(row["expected_mrr_gain"]):
        gain += f" ({words.named('gain_reason', row['gain_null_reason'])})"
    due, touched = words.date(row["due_date"]), words.date(row["last_touch_date"])
    return {
        words("owner"): row["owner_id"] or words("actions.nobody"),
        words("actions.at_stake"): words.money(row["mrr_at_stake"]),
        words("actions.gain"): gain,
        words("actions.due"): words("actions.is_overdue", date=due) if row["is_overdue"] else due,
        words("actions.last_touch"): words("actions.no_touch") if is_unknown(row["last_touch_date"]) else touched,
    }


def touch_effects(words: Words) -> tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]:
    """Renewal rates of touched and untouched customers alike: over all products as a chart, all of them as rows."""
    rows = read(TOUCHES)
    rows["name"] = rows["touch_type"].map(lambda kind: words.named("touch", kind))
    rows["product"] = rows["product_id"].map(lambda product: words("actions.all") if product == ALL else product)
    known = rows[(rows["product_id"] == ALL) & rows["risk_difference"].notna()]
    ends = {"value": "risk_difference", "low": "risk_difference_low", "high": "risk_difference_high"}
    in_points = known[["name"]].assign(**{end: 100 * known[column] for end, column in ends.items()})
    titles = {"value": words("touches.difference_in_points"), "low": words("low"), "high": words("high")}
    drawn = charts.with_line(charts.intervals(in_points, titles, charts.POINTS), 0)
    return drawn, rows, [
        markup.text("name", words("touches.type")),
        markup.text("product", words("touches.product")),
        markup.number("touched_compared", words("touches.touched"), words),
        markup.number("controls", words("touches.controls"), words),
        markup.rate("renewal_rate_touched", words("touches.rate_touched"), words),
        markup.rate("renewal_rate_controls", words("touches.rate_controls"), words),
        markup.points("risk_difference", words("touches.difference"), words),
        markup.points("risk_difference_low", words("low"), words),
        markup.points("risk_difference_high", words("high"), words),
        markup.named("null_reason", words("why_unknown"), words, "touch_reason"),
        markup.wide(f"reading_{words.language}", words("touches.reading")),
    ]
