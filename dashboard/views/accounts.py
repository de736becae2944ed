"""Accounts: all customers of the day, to search, filter and sort, and the way to each of them."""

import unicodedata
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import context, labels, markup
from dashboard.published import read
from dashboard.words import Words

FACETS = ("owner", "segment", "product", "level", "band")
ASKED = ("q", "former", *FACETS)
ANY = ((),) * len(FACETS)
OFFERED = 500  # a list of thousands is slow to type in
PRINTED = 100

# Every account that was ever a customer, as it stands on the newest day.
BOOK = """
with book as (
    select
        state.*,
        coalesce(accounts.account_name, account_id) as account_name,
        coalesce(accounts.owner_id, 'nobody') as owner,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(cast(state.success_level as varchar), if(state.is_customer, 'unknown', 'former')) as level,
        coalesce(state.health_band, if(state.is_customer, 'unknown', 'former')) as band
    from marts.mart_account_360 as state
    inner join marts.dim_account as accounts using (account_id)
    where state.month = (select max(month) from marts.mart_account_360)
        and (state.is_customer or ?)
),

held as (
    select account_id, list(product_id order by product_id) as products
    from marts.mart_treatment
    group by 1
)
"""
CHOICES = f"""{BOOK}
select distinct 'owner' as facet, owner as value from book
union all select distinct 'segment', segment from book
union all select distinct 'product', product_id from marts.mart_treatment
union all select distinct 'level', level from book
union all select distinct 'band', band from book
order by 1, 2"""
ROWS = f"""{BOOK},

asked as (
    select
        cast(? as varchar[]) as owners,
        cast(? as varchar[]) as segments,
        cast(? as varchar[]) as products,
        cast(? as varchar[]) as levels,
        cast(? as varchar[]) as bands
)

select
    account_id, account_name, owner, segment, array_to_string(held.products, ', ') as products, mrr, mrr_in_grace,
    health_score, band, success_level, next_renewal_date, months_to_renewal, seat_utilisation, nps_score,
    days_since_last_login, open_actions, expected_mrr_12m, expected_nrr
from book
cross join asked
left join held using (account_id)
where (asked.owners = [] or owner in asked.owners)
    and (asked.segments = [] or segment in asked.segments)
    and (asked.products = [] or list_has_any(held.products, asked.products))
    and (asked.levels = [] or level in asked.levels)
    and (asked.bands = [] or band in asked.bands)
order by mrr desc, account_id"""


def show(today: context.Today) -> None:
    words = today.words
    context.head(today, "accounts")
    search, has_former, chosen = filters(words)
    rows = found(search, has_former, chosen)
    st.html(markup.figures(totals(words, rows), words("accounts.chosen")))
    if rows.empty:
        st.info(words("accounts.none"))
        return
    account_id = offer(words, rows)
    account_id = account_id or picked(words, rows)
    if account_id:
        # What was asked for goes along, so that the way back leads to the same list.
        asked = {key: st.query_params.get_all(key) for key in st.query_params}
        st.switch_page(st.session_state["pages"]["account"], query_params={**asked, "account": account_id})


def offer(words: Words, rows: pd.DataFrame, **options: object) -> str | None:
    """A list to choose a customer from by keyboard: those of most MRR, as many as a list can hold."""
    names = dict(zip(rows["account_id"][:OFFERED], rows["account_name"][:OFFERED], strict=True))
    return st.selectbox(
        words("accounts.open"),
        list(names),
        index=None,
        format_func=lambda key: f"{names[key]} ({key})",
        placeholder=words("accounts.type" if len(rows) <= OFFERED else "accounts.most", number=words.number(OFFERED)),
        filter_mode="contains",
        **options,
    )


def filters(words: Words) -> tuple[str, bool, list[tuple[str, ...]]]:
    """What is asked for, kept in the address: words, whether former customers count too, values of each facet."""
    asked = {key: st.query_params.get_all(key) for key in ASKED}
    # The address leads when it has changed by itself: on the first visit, and with the browser's way back.
    state, by_itself = st.session_state, asked != st.session_state.get("asked") or "q" not in st.session_state
    if by_itself:
        state["q"], state["former"] = " ".join(asked["q"]), bool(asked["former"])
    search = st.text_input(words("accounts.search"), key="q")
    has_former = st.toggle(words("accounts.former"), key="former")
    choices, spoken = read(CHOICES, has_former), codes(words)
    chosen = {}
    for facet, place in zip(FACETS, st.columns(len(FACETS)), strict=True):
        options = choices[choices["facet"] == facet]["value"].tolist()
        if by_itself:
            state[facet] = [value for value in asked[facet] if value in options]
        chosen[facet] = place.multiselect(
            words(f"accounts.{facet}"),
            options,
            format_func=lambda code: spoken.get(code, code),
            key=facet,
            placeholder=words("accounts.all"),
        )
    remember({"q": [search] if search else [], "former": ["yes"] if has_former else [], **chosen}, asked)
    return search, has_former, [tuple(chosen[facet]) for facet in FACETS]


def remember(now: dict[str, list[str]], asked: dict[str, list[str]]) -> None:
    """Write what is asked for now into the address, in one step of the browser's history."""
    st.session_state["asked"] = now
    if now != asked:
        others = {key: st.query_params.get_all(key) for key in st.query_params if key not in ASKED}
        st.query_params.from_dict(others | {key: values for key, values in now.items() if values})


def codes(words: Words) -> dict[str, str]:
    """The codes of the facets that a person reads as words; the others are ids and stand as they are."""
    own = {code: words(code) for code in ("nobody", "unknown", "former", "no_data")}
    return own | labels.names(words, "band")


def found(search: str, has_former: bool, chosen: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """The customers asked for, by MRR. Every word must be in the name or id; width and case of letters do not count."""
    rows = read(ROWS, has_former, *chosen)
    text = (rows["account_name"] + " " + rows["account_id"]).str.normalize("NFKC").str.casefold()
    for word in unicodedata.normalize("NFKC", search).casefold().split():
        rows = rows[text.loc[rows.index].str.contains(word, regex=False)]
    return rows.reset_index(drop=True)


def totals(words: Words, rows: pd.DataFrame) -> list[markup.Figure]:
    known = labels.indicators(words)["mrr"]
    in_grace = labels.in_grace(words, rows["mrr_in_grace"].sum())
    return [
        markup.Figure(words("accounts.count"), words.number(len(rows)), [], [words("accounts.count_definition")]),
        markup.Figure(known.label, words.money(rows["mrr"].sum()), in_grace, [known.definition]),
        markup.Figure(
            words("accounts.expected"),
            words.money(rows["expected_mrr_12m"].sum(min_count=1)),
            [],
            [words("accounts.expected_definition")],
        ),
    ]


def picked(words: Words, rows: pd.DataFrame) -> str | None:
    """The grid; the account whose row was ticked."""
    st.caption(words("accounts.definition"))
    spoken = codes(words)
    rows = rows.assign(
        **{column: rows[column].map(lambda code: spoken.get(code, code)) for column in ("owner", "segment", "band")}
    )
    shown = rows.assign(
        mrr=rows["mrr"] / 10**words.minor_digits,
        expected_mrr_12m=rows["expected_mrr_12m"] / 10**words.minor_digits,
    )
    event = st.dataframe(
        shown,
        column_config=grid_columns(words),
        column_order=list(grid_columns(words)),
        hide_index=True,
        height=min(560, 36 * len(rows) + 40),
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        alt=words("accounts.title"),
    )
    st.html(on_paper(words, rows))
    chosen = event.selection.rows
    return rows["account_id"].iloc[chosen[0]] if chosen else None


def on_paper(words: Words, rows: pd.DataFrame) -> str:
    """A printer sees of the grid what is in view: on paper a table stands in its place."""
    shown = words.number(min(PRINTED, len(rows)))
    columns = [
        markup.wide("account_name", words("customer")),
        markup.text("account_id", words("account_id")),
        markup.text("owner", words("owner")),
        markup.text("segment", words("accounts.segment")),
        markup.wide("products", words("accounts.product")),
        markup.money("mrr", "MRR", words),
        markup.number("health_score", words("health"), words, 1),
        markup.text("band", words("accounts.band")),
        markup.number("success_level", words("level"), words),
        markup.date("next_renewal_date", words("renewal"), words),
        markup.number("open_actions", words("open_actions"), words),
        markup.money("expected_mrr_12m", words("accounts.expected"), words),
    ]
    caption = words("accounts.printed", shown=shown, count=words.number(len(rows)))
    return markup.on_paper(markup.table(rows[:PRINTED], columns, caption))


def grid_columns(words: Words) -> dict:
    """Columns of the grid in their order, with the definition of each indicator at its heading."""
    config, known = st.column_config, labels.indicators(words)
    money, mrr = f"%,.{words.minor_digits}f", words("mrr_in", currency=words.currency)

    def number(key: str, form: str):
        return config.NumberColumn(known[key].label, help=known[key].definition, format=form)

    return {
        "account_name": config.TextColumn(words("customer"), width=230, pinned=True),
        "account_id": config.TextColumn(words("account_id"), width="small"),
        "owner": config.TextColumn(words("owner"), width="small"),
        "segment": config.TextColumn(words("accounts.segment")),
        "products": config.TextColumn(words("accounts.product"), width="medium"),
        "mrr": config.NumberColumn(mrr, help=known["mrr"].definition, format=money),
        "health_score": config.NumberColumn(words("health"), help=words("health.definition"), format="%.1f"),
        "band": config.TextColumn(words("accounts.band"), width="small"),
        "success_level": config.NumberColumn(words("level"), help=words("level.definition"), format="%d"),
        "next_renewal_date": config.DateColumn(words("renewal"), help=words("renewal.definition"), format="YYYY-MM-DD"),
        "months_to_renewal": number("months_to_renewal", "%d"),
        "seat_utilisation": number("seat_utilisation", "percent"),
        "nps_score": number("nps_score", "%.1f"),
        "days_since_last_login": number("days_since_last_login", "%d"),
        "open_actions": config.NumberColumn(words("open_actions"), help=words("open_actions.definition"), format="%d"),
        "expected_mrr_12m": config.NumberColumn(
            f"{words('expected_mrr')} ({words.currency})", help=words("accounts.expected_definition"), format=money
        ),
        "expected_nrr": number("expected_nrr", "percent"),
    }
