"""Account: one customer, past and present. Here: which one, how it stands, and what is to be done with it. How it came
there is in account_history.py, why it stands there in account_state.py, its contracts in account_contracts.py."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard import context, labels, markup
from dashboard.published import read
from dashboard.views import account_contracts, account_figures, account_history, account_state, accounts
from dashboard.words import Words, is_unknown

WHOLE = "all"
FACTS = ("owner_id", "segment", "industry", "country", "headcount", "parent", "cohort_month")

# A merged account leads to the one that goes on, which may have been merged itself.
GOES_ON = """
with recursive chain as (
    select cast(? as varchar) as account_id, 0 as step
    union all
    select accounts.merged_into_account_id, chain.step + 1
    from chain
    inner join marts.dim_account as accounts using (account_id)
    where accounts.merged_into_account_id is not null and chain.step < 8
)

select account_id
from chain
inner join marts.dim_account using (account_id)
order by step desc
limit 1"""
ACCOUNT = """
select accounts.*, parents.account_name || ' (' || parents.account_id || ')' as parent
from marts.dim_account as accounts
left join marts.dim_account as parents on accounts.parent_account_id = parents.account_id
where accounts.account_id = ?"""
ACTIONS = """
select
    *,
    case
        when is_overdue and is_touched is null then 'overdue_unknown'
        when is_overdue then 'overdue'
        when is_touched then 'touched'
        when is_touched is null then 'unknown'
        else 'open'
    end as state
from marts.mart_action_queue
where account_id = ?
order by priority"""
TREATMENTS = "select * from marts.mart_treatment where account_id = ? order by mrr desc, product_id"
# A former customer is no longer scored: its last day as a customer is shown, with its date.
LAST_SEEN = """
select product_id, as_of_date
from marts.fct_health_score
where account_id = ?
qualify as_of_date = max(as_of_date) over ()
order by product_id <> 'all', product_id"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "account")
    asked = st.query_params.get("account")
    account_id = goes_on(asked) if asked else None
    asked_of_list = {key: st.query_params.get_all(key) for key in ("lang", *accounts.ASKED)}
    st.page_link(st.session_state["pages"]["accounts"], label=words("account.back"), query_params=asked_of_list)
    choose(words)
    if asked and not account_id:
        st.warning(words("account.unknown"))
    if not account_id:
        return
    account = read(ACCOUNT, account_id).iloc[0].to_dict()
    name = account["account_name"] or account_id
    st.html(f"<h2>{escape(name)} ({escape(account_id)})</h2><p>{escape(facts(words, account))}</p>")
    if account_id != asked:
        st.info(words("account.merged"))
    figures = account_figures.headlines(words, account_id)
    if not figures:
        st.info(words("account.never"))
        return
    st.html(markup.figures(figures, name))
    for part, made in {"account_actions": actions, "treatment": treatments}.items():
        rows, columns = made(words, account_id)
        if len(rows):
            context.table(today, part, rows, columns)
    seen = read(LAST_SEEN, account_id)
    product_id = choose_product(words, [WHOLE, *seen["product_id"][1:]])
    account_history.show(today, account_id, product_id)
    if len(seen):
        account_state.show(today, account_id, product_id, seen["as_of_date"].iloc[0])
    account_contracts.show(today, account_id, product_id)


def goes_on(asked: str) -> str | None:
    """The account that stands for the one asked for: itself, or what it was merged into; None for an unknown id."""
    found = read(GOES_ON, asked)
    return None if found.empty else found.iloc[0]["account_id"]


def choose(words: Words) -> None:
    """Find a customer, also a former one, and show it; the list is empty again then, so that the way back is free."""

    def go() -> None:
        st.query_params["account"] = st.session_state["another"]
        st.session_state["another"] = None

    search = st.text_input(words("accounts.search"), key="search")
    accounts.offer(words, accounts.found(search, True, accounts.ANY), key="another", on_change=go)


def choose_product(words: Words, products: list[str]) -> str:
    """The product that health, level and history are shown of, or the customer as a whole; kept in the address."""
    if len(products) < 3:  # one product is the whole customer
        return WHOLE
    return st.selectbox(
        words("account.product"),
        products,
        format_func=lambda key: labels.product(words, key),
        key="of",
        bind="query-params",
    )


def facts(words: Words, account: dict) -> str:
    """What dim_account says of the customer, in a line; what it does not know is left out."""
    known = {key: account[key] for key in FACTS if not is_unknown(account[key])}
    if "headcount" in known:
        known["headcount"] = words.number(known["headcount"])
    if "cohort_month" in known:
        known["cohort_month"] = words.date(known["cohort_month"])[:7]
    shown = [words(f"fact.{key}", value=value) for key, value in known.items()]
    return words("facts.between").join(shown if "owner_id" in known else [words("fact.no_owner"), *shown])


def actions(words: Words, account_id: str) -> tuple[pd.DataFrame, list[markup.Column]]:
    """What is open in today's queue, most urgent first."""
    rows = read(ACTIONS, account_id)
    rows["gain"] = labels.known_or_why(
        words, rows, "expected_mrr_gain", "gain_null_reason", lambda gain: words.money(gain, signed=True)
    )
    return rows, [
        markup.wide(f"label_{words.language}", words("action.reason")),
        markup.sentence(f"sentence_{words.language}", words("action.sentence")),
        markup.Column("product_id", words("product"), lambda key: labels.product(words, key)),
        markup.date("due_date", words("action.due"), words),
        markup.named("state", words("action.state"), words, "action_state"),
        markup.money("mrr_at_stake", words("action.at_stake"), words),
        markup.wide("gain", words("action.gain")),
    ]


def treatments(words: Words, account_id: str) -> tuple[pd.DataFrame, list[markup.Column]]:
    """What is to be done with each product, and who should do it."""
    rows = read(TREATMENTS, account_id)
    rows["treatment"] = labels.known_or_why(words, rows, f"treatment_{words.language}", "null_reason", str)
    return rows, [
        markup.text("product_id", words("product")),
        markup.money("mrr", "MRR", words),
        labels.named("phase", words("phase"), words, "phase"),
        markup.wide("treatment", words("treatment")),
        markup.named("is_mqc", words("is_mqc"), words, "yes"),
        labels.named("approach_band", words("approach"), words, "approach"),
        labels.named("term_band", words("term"), words, "term"),
        labels.named("assigned_to", words("assigned_to"), words, "assigned_to"),
        labels.named("care_segment", words("care_segment"), words, "care_segment"),
    ]
