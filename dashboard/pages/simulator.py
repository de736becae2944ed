"""Simulator: expected NRR if customers stood on higher success levels, added up from mart_what_if as `csw what-if`
does; below it, what a customer is worth (lifetime_value.py)."""

import pandas as pd
import streamlit as st

from dashboard import context, markup
from dashboard.pages import lifetime_value
from dashboard.published import opened, published_file, read
from dashboard.words import Words, is_unknown
from orchestration.published_file import SCOPES
from orchestration.settings import Refused
from orchestration.what_if import Move, effects_of, expected_then, gain_of, refuse_impossible

# (from level, to level) → row of mart_what_if
Effects = dict[tuple[int, int], dict]

SCOPE_VALUES = """
select scope_type, scope_value, max(scope_mrr) as mrr
from marts.mart_what_if
where from_level < to_level and scope_mrr > 0
group by 1, 2
order by 1, mrr desc, 2"""
TARGET = """
select max(target_nrr) as target_nrr, bool_and(is_target_rolling) as is_rolling
from marts.mart_level_lever
where scope_type = ? and scope_value = ?"""
INDICATOR = "select * from reference.kpi_catalog where kpi_key = 'expected_nrr'"


def show(today: context.Today) -> None:
    context.head(today, "simulator")
    show_level_moves(today)
    lifetime_value.show(today)


def show_level_moves(today: context.Today) -> None:
    words = today.words
    st.header(words("moves.title"))
    st.caption(words("moves.definition"))
    scopes = read(SCOPE_VALUES)
    if scopes.empty:
        st.info(words("nothing_known"))
        return
    scope, value = chosen_scope(words, scopes)
    with opened(published_file()) as connection:
        effects = effects_of(connection, scope, value)
    moves = asked(words, effects)
    try:
        refuse_impossible(effects, moves, value)
    except Refused:
        st.error(words("moves.too_many"))
        return
    target = read(TARGET, scope, value).iloc[0]
    st.html(markup.figures(outcome(words, effects, moves, target), words("moves.title")))
    st.caption(next(iter(effects.values()))[f"note_{words.language}"])
    rows, columns = steps(words, effects, moves)
    with st.expander(words("as_table")):
        st.html(markup.table(rows, columns, words("moves.title")))


def chosen_scope(words: Words, scopes: pd.DataFrame) -> tuple[str, str]:
    """The whole company, or a part of it that has customers with a known level."""
    left, right = st.columns(2)
    there = [scope for scope in SCOPES if scope in set(scopes["scope_type"])]
    with left:
        scope = context.choose(words("simulator.scope"), "scope", there, lambda key: words.named("scope", key))
    values = scopes[scopes["scope_type"] == scope]["scope_value"].tolist()
    if scope == "all":
        return scope, "all"
    spoken = {"unknown": words("moves.unknown")}
    with right:
        return scope, context.choose(words.named("scope", scope), "value", values, lambda key: spoken.get(key, key))


def asked(words: Words, effects: Effects) -> list[Move]:
    """A number of customers for each way up, asked level by level; they stand in the address as `?move_2_3=10`."""
    ways = [way for way in effects if way[0] < way[1]]
    ends = sorted({end for _, end in ways})
    moves = []
    for start in dict.fromkeys(start for start, _ in ways):
        there = next(effects[way]["accounts"] for way in ways if way[0] == start)
        st.markdown(words("moves.from", level=start, count=words.number(there)))
        for end, place in zip(ends, st.columns(len(ends)), strict=True):
            if (start, end) not in ways:
                continue
            label, key = words("moves.to", start=start, end=end), f"move_{start}_{end}"
            if st.session_state.get(key, 0) > there:
                st.session_state[key] = there
            count = place.number_input(label, 0, there, step=1, key=key, bind="query-params")
            moves.append(Move(start, end, count))
    return moves


def outcome(words: Words, effects: Effects, moves: list[Move], target: pd.Series) -> list[markup.Figure]:
    """Expected NRR today and after the moves, what they bring, and what then is left to the target."""
    first = next(iter(effects.values()))
    mrr, now, then = first["scope_mrr"], first["scope_expected_mrr"], expected_then(effects, moves)
    name, formula = read(INDICATOR)[[f"label_{words.language}", f"formula_{words.language}"]].iloc[0]
    notes = [formula, words("as_of", date=words.date(first["as_of_date"]))]
    figures = [
        markup.Figure(words("moves.today", name=name), words.rate(now / mrr), [words.money(now)], notes),
        markup.Figure(words("moves.then", name=name), words.rate(then / mrr), [words.money(then)], notes),
        markup.Figure(
            words("moves.effect"),
            words.points((then - now) / mrr),
            [words.money(then - now, signed=True)],
            [words("moves.effect_definition")],
        ),
    ]
    if is_unknown(target["target_nrr"]):
        return [*figures, markup.Figure(words("moves.gap"), words("no_data"), [words("reason.no_target")], [])]
    wanted = float(target["target_nrr"])
    kind = words("moves.rolling_target" if target["is_rolling"] else "moves.period_target")
    gap = words.points(float(then / mrr) - wanted)
    before = words("moves.gap_before", gap=words.points(float(now / mrr) - wanted))
    return [*figures, markup.Figure(words("moves.gap"), gap, [before], [f"{kind}: {words.rate(wanted)}"])]


def steps(words: Words, effects: Effects, moves: list[Move]) -> tuple[pd.DataFrame, list[markup.Column]]:
    """Each way up: what one customer brings, and what those asked for do."""
    rows = pd.DataFrame(
        {
            "way": words("moves.to", start=move.from_level, end=move.to_level),
            "accounts": effects[move.from_level, move.to_level]["accounts"],
            "one": effects[move.from_level, move.to_level]["mean_gain_mrr"],
            "asked": move.accounts,
            "gain": gain_of(effects, move),
            "points": gain_of(effects, move) / effects[move.from_level, move.to_level]["scope_mrr"],
        }
        for move in moves
    )
    return rows, [
        markup.text("way", words("moves.way")),
        markup.number("accounts", words("moves.there"), words),
        markup.money("one", words("moves.one"), words, signed=True),
        markup.number("asked", words("moves.asked"), words),
        markup.money("gain", words("expected_mrr"), words, signed=True),
        markup.points("points", words("points_of_nrr"), words),
    ]
