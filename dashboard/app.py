"""The page: `make dashboard`. This file only puts it together: the language, the navigation, and what is shown when
there is nothing to read. What the pages show is in views/."""

import streamlit as st

from dashboard import context, markup, words
from dashboard.published import NothingPublished, published_file, version
from dashboard.views import account, accounts, actions, cohorts, levels, overview, simulator, trust

PAGES = {
    "overview": overview.show,
    "levels": levels.show,
    "cohorts": cohorts.show,
    "accounts": accounts.show,
    "account": account.show,
    "actions": actions.show,
    "simulator": simulator.show,
    "trust": trust.show,
}


def main() -> None:
    language = context.chosen_language()
    plain = words.Words(language)
    st.set_page_config(page_title=plain("title"), page_icon="📈", layout="wide")
    st.html(f"<style>{markup.STYLE}</style>")
    context.tell_browser(language)
    pages = [
        st.Page(page_of(name), title=plain(f"{name}.title"), url_path=name, default=name == "overview")
        for name in PAGES
    ]
    chosen = st.navigation(pages, expanded=True)
    context.offer_languages(language)
    try:
        st.session_state["pages"] = dict(zip(PAGES, pages, strict=True))
        renew_when_published(version(published_file()))
        chosen.run()
    except NothingPublished:
        st.title(plain("nothing.title"))
        st.markdown(plain("nothing.text"))
        renew_when_published(None)


def page_of(name: str):
    def show() -> None:
        PAGES[name](context.today_in(st.session_state["language"]))

    return show


@st.fragment(run_every="20s")
def renew_when_published(shown: tuple | None) -> None:
    """Show a newly published day by itself, without a restart and without losing what was chosen."""
    try:
        now = version(published_file())
    except NothingPublished:
        now = None
    if now != shown:
        st.rerun(scope="app")


if __name__ == "__main__":
    main()
