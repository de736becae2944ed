"""Scopes: of whom figures are, chosen by a kind (segment, product ...) and one of its values."""

import streamlit as st

from dashboard.context import choose
from dashboard.words import Words

IN_WORDS = ("all", "unknown", "open-ended")


def choose_scope(words: Words, names: dict[tuple[str, str], str]) -> tuple[str, str]:
    """Of whom the figures are: one of the scopes of a mart, given as (scope type, value) → its name."""
    types = list(dict.fromkeys(scope_type for scope_type, _ in names))
    left, right = st.columns(2)
    with left:
        scope_type = choose(words("scope"), "scope", types, lambda code: words(f"scope.{code}"))
    values = [value for of_type, value in names if of_type == scope_type]
    if scope_type == "all":
        return scope_type, values[0]
    with right:
        return scope_type, choose(words(f"scope.{scope_type}"), "of", values, lambda code: names[scope_type, code])


def scope_name(words: Words, value: str) -> str:
    """The value of a scope: codes of the company stay as they are."""
    return words(f"scope_value.{value}") if value in IN_WORDS else value
