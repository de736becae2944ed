"""What every page needs to know: the language, the day, the currency; and the frame around every chart and table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import charts, markup
from dashboard.published import read
from dashboard.words import LANGUAGES, Words


@dataclass(frozen=True)
class Today:
    """The newest published day, and the words to speak of it."""

    words: Words
    as_of_date: str


def chosen_language() -> str:
    """`?lang=` of the address, else what was chosen before, else the browser's own language; English without any."""
    asked = st.query_params.get("lang") or st.session_state.get("language") or (st.context.locale or "en")[:2]
    language = asked if asked in LANGUAGES else "en"
    st.session_state["language"] = language
    if st.query_params.get("lang") != language:
        st.query_params["lang"] = language
    return language


def tell_browser(language: str) -> None:
    """Screen readers and hyphenation go by the page's language; Streamlit always says English."""
    st.html(f"<script>document.documentElement.lang = '{language}'</script>", unsafe_allow_javascript=True)


def offer_languages(language: str) -> None:
    def choose() -> None:
        st.session_state["language"] = st.session_state["choice"]
        st.query_params["lang"] = st.session_state["choice"]

    names = list(LANGUAGES)
    st.sidebar.radio(
        "Language / 言語", names, names.index(language), LANGUAGES.get, key="choice", on_change=choose, horizontal=True
    )


def choose(label: str, name: str, options: Sequence[str], show: Callable[[str], str]) -> str:
    """A select box whose choice stands in the address as `?name=`: the option itself, not its words in one language."""
    key = f"{name} in {st.session_state['language']}"  # else the box would keep the words of the other language

    def keep() -> None:
        st.query_params[name] = st.session_state[key]

    asked = st.query_params.get(name)
    index = options.index(asked) if asked in options else 0
    return st.selectbox(label, options, index, show, key=key, on_change=keep)


def today_in(language: str) -> Today:
    """Raises NothingPublished."""
    found = read(
        """select max(accounts.currency) as currency, max(currencies.minor_digits) as minor_digits,
               (select max(as_of_date) from marts.mart_headline) as as_of_date
           from marts.dim_account as accounts
           left join reference.currencies as currencies using (currency)"""
    ).iloc[0]
    has_money = isinstance(found["currency"], str)
    words = Words(language, found["currency"], int(found["minor_digits"])) if has_money else Words(language)
    return Today(words, words.date(found["as_of_date"]))


def head(today: Today, page: str) -> None:
    """The page's name, what it answers, and the day everything on it is of."""
    words = today.words
    st.title(words(f"{page}.title"))
    st.caption(words.sentences(words(f"{page}.answers"), words("as_of", date=today.as_of_date)))


def chart(
    today: Today,
    drawn: alt.TopLevelMixin | None,
    name: str,
    rows: pd.DataFrame,
    columns: list[markup.Column],
    **values: str,
) -> None:
    """A chart under its title, with its definition, a description for who cannot see it, and its figures as a table;
    the table alone where there is nothing to draw."""
    words = today.words
    if not head_of_section(words, name, rows, **values):
        return
    if drawn is not None:
        described = f"{words(f'{name}.title')}. {words('figures_below')}"
        st.altair_chart(charts.legible(drawn), alt=described, width="stretch")
    with st.expander(words("as_table"), expanded=drawn is None):
        st.html(markup.table(rows, columns, words(f"{name}.title")))


def table(today: Today, name: str, rows: pd.DataFrame, columns: list[markup.Column], **values: str) -> None:
    """A table under its title, with its definition."""
    if rows.empty:
        head_of_section(today.words, name, rows, **values)
    else:
        st.header(today.words(f"{name}.title"))
        st.html(markup.table(rows, columns, today.words(f"{name}.definition", **values)))


def folded(today: Today, name: str, rows: pd.DataFrame, columns: list[markup.Column], **values: str) -> None:
    """A long table under its title and definition, shown when asked for."""
    words = today.words
    if not head_of_section(words, name, rows, **values):
        return
    with st.expander(f"{words('as_table')} ({words.number(len(rows))})", key=f"folded {name}"):
        st.html(markup.table(rows, columns, words(f"{name}.title")))


def head_of_section(words: Words, name: str, rows: pd.DataFrame, **values: str) -> bool:
    """Title and definition; where there are no rows, why, and False."""
    st.header(words(f"{name}.title"))
    if definition := words.about(f"{name}.definition", **values):
        st.caption(definition)
    if rows.empty:
        st.info(words.nothing(name))
    return not rows.empty


def table_of_faults(today: Today, name: str, rows: pd.DataFrame, columns: list[markup.Column]) -> None:
    """A table of what is wrong, or the sentence that nothing is."""
    if len(rows):
        table(today, name, rows, columns)
    else:
        st.header(today.words(f"{name}.title"))
        st.success(today.words(f"{name}.none"))
