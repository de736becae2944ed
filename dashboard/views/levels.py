"""Levels: how many customers stand on which success level, how that was, and who moved. The rest of
the page is in level_worth.py and level_belief.py."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.context import choose
from dashboard.published import read
from dashboard.views import level_belief, level_worth
from dashboard.views.level_belief import level_name
from dashboard.words import Words, is_unknown

COUNTED = ("accounts", "mrr")
MOVED = ("account_products", "mrr_start", "mrr_end")
DIRECTIONS = ("up", "down", "same", "new", "churned", "unknown")
MONTHS_AGO = "0, 1, 3, 12"
# A chart, the rows behind it, and how a table shows them.
Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]

# What a level asks, with the profile's name where profiles ask different things.
CONDITIONS = """
select success_level, string_agg(
    case when profiles > 1 then product_profile || ': ' else '' end
    || case when ? = 'ja' then label_ja else label_en end,
    '; ' order by product_profile <> 'default', product_profile, condition_key
) as asks
from reference.success_level_conditions, (
    select count(distinct product_profile) as profiles from reference.success_level_conditions
)
group by 1
order by 1"""
# Why a level is unknown is looked up only where it is: the table of levels has every day of every customer.
STANDS = f"""
with books as (
    select account_id, as_of_date, success_level, mrr
    from marts.mart_account_360
    where is_customer
        and date_diff('month', month, (select max(month) from marts.mart_account_360)) in ({MONTHS_AGO})
),

unknown as (
    select account_id, as_of_date, null_reason
    from marts.fct_success_level
    where product_id = 'all' and success_level is null
),

standing as (
    select books.as_of_date, books.success_level,
        case when books.success_level is null then coalesce(unknown.null_reason, 'not_a_customer_then') end
            as null_reason,
        cast(count(*) as bigint) as accounts, cast(sum(books.mrr) as bigint) as mrr
    from books
    left join unknown using (account_id, as_of_date)
    group by 1, 2, 3
)
select *, (select max(as_of_date) from marts.mart_account_360) as newest_date,
    accounts / sum(accounts) over (partition by as_of_date) as accounts_share,
    mrr / nullif(sum(mrr) over (partition by as_of_date), 0) as mrr_share
from standing
order by as_of_date, success_level desc nulls last, null_reason"""
PROFILES = "select distinct product_profile from marts.mart_level_transition where product_profile <> 'all' order by 1"
MONTHS = "select distinct strftime(month, '%Y-%m') as month from marts.mart_level_transition order by 1 desc"
MOVES = """
select from_level, to_level, direction, account_products, mrr_start, mrr_end
from marts.mart_level_transition
where month = cast(? || '-01' as date) and product_profile = ?
order by from_level, to_level"""
DIRECTION_SUMS = """
select direction, cast(sum(account_products) as bigint) as account_products,
    cast(sum(mrr_start) as bigint) as mrr_start, cast(sum(mrr_end) as bigint) as mrr_end
from marts.mart_level_transition
where month = cast(? || '-01' as date) and product_profile = ?
group by 1"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "levels")
    counted = choose(words("levels.counted"), "counted", COUNTED, lambda key: words(f"levels.counted.{key}"))
    chart, rows, columns = pyramid(words, counted)
    context.chart(today, chart, "levels.pyramid", rows, columns)
    chart, rows, columns = past(words, counted)
    context.chart(today, chart, "levels.pyramid_past", rows, columns)
    level_worth.show_worth(today)
    profile = choose_profile(words)
    show_transitions(today, profile)
    level_belief.show_belief(today, profile)


def choose_profile(words: Words) -> str:
    """The product profile that transitions, validity and proposals are of; all products where there is only one."""
    profiles = read(PROFILES)["product_profile"].tolist()
    if len(profiles) < 2:
        return "all"
    names = {"all": words("levels.all_products"), **{profile: profile for profile in profiles}}
    return choose(words("levels.profile"), "profile", list(names), names.get)


def show_transitions(today: context.Today, profile: str) -> None:
    words = today.words
    months = read(MONTHS)["month"].tolist()
    if not months:
        context.table(today, "levels.transitions", pd.DataFrame(), [], month=words.date(None))
        return
    left, right = st.columns(2)
    with left:
        month = choose(words("levels.month"), "month", months, str)
    with right:
        moved = choose(words("levels.shown"), "moved", MOVED, lambda key: words(f"levels.moved.{key}"))
    chart, rows, columns = transitions(words, month, profile, moved)
    context.chart(today, chart, "levels.transitions", rows, columns, month=month)
    rows, columns = directions(words, month, profile)
    context.table(today, "levels.directions", rows, columns, month=month)


def asked_by_level(words: Words) -> dict[int, str]:
    """Every level → what it asks for."""
    return {0: words("levels.level_0_asks"), **dict(read(CONDITIONS, words.language).itertuples(index=False))}


def stands(words: Words) -> pd.DataFrame:
    """Customers and MRR per level today and one, three and twelve month ends ago, with the level's name."""
    rows, asks = read(STANDS), asked_by_level(words)
    rows["name"] = [level_name(words, *row) for row in rows[["success_level", "null_reason"]].itertuples(index=False)]
    rows["asks"] = [None if is_unknown(level) else asks.get(level) for level in rows["success_level"]]
    return rows


def with_empty_levels(words: Words, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one day, the highest level first, with those levels that nobody stands on."""
    asks = asked_by_level(words)
    nobody = [level for level in asks if level not in set(rows["success_level"])] if len(rows) else []
    empty = {"success_level": nobody, "name": [level_name(words, level) for level in nobody]}
    empty |= {"asks": [asks[level] for level in nobody]}
    zero = dict.fromkeys(("accounts", "mrr", "accounts_share", "mrr_share"), 0)
    both = [rows, pd.DataFrame(empty).assign(**zero)] if nobody else [rows]
    return pd.concat(both).sort_values("success_level", ascending=False, kind="stable", ignore_index=True)


def pyramid(words: Words, counted: str) -> Drawn:
    """Customers or MRR per level on the newest day, the highest level on top, unknown ones below with their reason."""
    rows = stands(words)
    rows = with_empty_levels(words, rows[rows["as_of_date"] == rows["newest_date"]])
    unit, say, title = 1, words.number, words("levels.customers")
    if counted == "mrr":
        unit, say, title = 10**words.minor_digits, words.money, words("mrr_in", currency=words.currency)
    amounts_and_shares = zip(rows[counted], rows[f"{counted}_share"], strict=True)
    labels = [f"{say(amount)} ({words.rate(share)})" for amount, share in amounts_and_shares]
    shown = rows.assign(value=rows[counted] / unit, label=labels)
    return charts.bars(shown, {"value": title}), rows, [
        markup.text("name", words("levels.level")),
        markup.wide("asks", words("levels.level_asks")),
        *amounts(words),
    ]


def past(words: Words, counted: str) -> Drawn:
    """The share of each level today and earlier, by customers or by MRR."""
    rows = stands(words)
    rows["date"] = rows["as_of_date"].map(words.date)
    cells = rows.assign(x=rows["date"], y=rows["name"], value=rows[f"{counted}_share"])
    cells["label"] = cells["value"].map(words.rate)
    ordered = rows.sort_values(["success_level", "name"], ascending=[False, True], na_position="last")["name"]
    cells = charts.whole_grid(cells[["x", "y", "value", "label"]], rows["date"].unique(), ordered.unique())
    titles = {"x": words("date"), "y": words("levels.level"), "value": words(f"levels.counted.{counted}_share")}
    titles["unit"] = charts.RATE
    return charts.heat_map(cells, titles), rows, [
        markup.text("date", words("date")),
        markup.text("name", words("levels.level")),
        *amounts(words),
    ]


def amounts(words: Words) -> list[markup.Column]:
    return [
        markup.number("accounts", words("levels.customers"), words),
        markup.rate("accounts_share", words("levels.counted.accounts_share"), words),
        markup.money("mrr", "MRR", words),
        markup.rate("mrr_share", words("levels.counted.mrr_share"), words),
    ]


def transitions(words: Words, month: str, profile: str, moved: str) -> Drawn:
    """Where customers and products went within a month: from the rows to the columns."""
    rows = read(MOVES, month, profile)
    levels = sorted({level for level in [*rows["from_level"], *rows["to_level"]] if level.isdigit()}, key=int)
    known = [*levels, *(["unknown"] if "unknown" in {*rows["from_level"], *rows["to_level"]} else [])]
    show_state = {level: level for level in levels}
    show_state |= {state: words(f"levels.state.{state}") for state in ("unknown", "new", "churned")}
    show_value = words.number if moved == "account_products" else words.money
    unit = 1 if moved == "account_products" else 10**words.minor_digits
    cells = rows.assign(x=rows["to_level"].map(show_state), y=rows["from_level"].map(show_state))
    cells["value"], cells["label"] = rows[moved] / unit, rows[moved].map(show_value)
    cells = charts.whole_grid(
        cells[["x", "y", "value", "label"]],
        [show_state[state] for state in [*known, "churned"]],
        [show_state[state] for state in [*known, "new"]],
    )
    titles = {"x": words("levels.to"), "y": words("levels.from"), "value": words(f"levels.moved.{moved}")}
    return charts.heat_map(cells, {**titles, "unit": charts.COUNT}), rows, [
        markup.Column("from_level", words("levels.from"), show_state.get),
        markup.Column("to_level", words("levels.to"), show_state.get),
        markup.named("direction", words("levels.direction"), words, "level_direction"),
        *moved_columns(words),
    ]


def directions(words: Words, month: str, profile: str) -> tuple[pd.DataFrame, list[markup.Column]]:
    """How many went up, down, away and so on within a month."""
    sums = read(DIRECTION_SUMS, month, profile).set_index("direction")
    rows = sums.reindex([direction for direction in DIRECTIONS if direction in sums.index]).reset_index()
    return rows, [markup.named("direction", words("levels.direction"), words, "level_direction"), *moved_columns(words)]


def moved_columns(words: Words) -> list[markup.Column]:
    return [
        markup.number("account_products", words("levels.moved.account_products"), words),
        markup.money("mrr_start", words("levels.moved.mrr_start"), words),
        markup.money("mrr_end", words("levels.moved.mrr_end"), words),
    ]
