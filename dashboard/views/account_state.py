"""Why a customer stands where it stands: its health with the points lost, its level with what is missing, its
indicators."""

import pandas as pd

from dashboard import context, labels, markup
from dashboard.published import read
from dashboard.words import Words, is_unknown

Table = tuple[pd.DataFrame, list[markup.Column]]

# Days come from pandas as moments; compared with those, every day of a table would be read.
SCORES = """
select * from marts.fct_health_score
where account_id = ? and as_of_date = cast(? as date) and (product_id = ? or ? = 'all')
order by product_id <> 'all', product_id"""
LOST_POINTS = """
select * from marts.fct_health_component
where account_id = ? and as_of_date = cast(? as date) and score_kind = 'health' and (product_id = ? or ? = 'all')
order by product_id, position"""
LEVELS = """
select * from marts.fct_success_level
where account_id = ? and as_of_date = cast(? as date) and (product_id = ? or ? = 'all')
order by product_id <> 'all', product_id"""
CONDITIONS = """
select
    *,
    case
        when is_skipped then 'skipped'
        when is_met is null then 'unknown'
        when is_met then 'met'
        else 'missed'
    end as state
from marts.fct_level_condition
where account_id = ? and as_of_date = cast(? as date) and product_id = ?
order by success_level, condition_key"""
INDICATORS = """
select kpis.*, catalogue.formula_en, catalogue.formula_ja
from marts.mart_account_kpi as kpis
inner join reference.kpi_catalog as catalogue using (kpi_key)
where kpis.account_id = ? and kpis.product_id = ? and kpis.is_shown
order by list_position(['usage', 'satisfaction', 'outcome', 'setup', 'finance'], kpis.stage), kpi_key"""


def show(today: context.Today, account_id: str, product_id: str, day: pd.Timestamp) -> None:
    """`day` is the newest on which it was a customer."""
    words, asked = today.words, (account_id, day, product_id)
    tables = {"scores": scores, "lost_points": lost_points, "reached": levels, "conditions": conditions}
    for name, made in tables.items():
        rows, columns = made(words, *asked)
        context.table(today, name, rows, columns, date=words.date(day))
    rows, columns = indicators(words, account_id, product_id)
    if len(rows):
        context.folded(today, "account_indicators", rows, columns, date=today.as_of_date)


def scores(words: Words, account_id: str, day: object, product_id: str) -> Table:
    """The health of the customer and of each of its products."""
    rows = read(SCORES, account_id, day, product_id, product_id)
    rows["health"] = labels.known_or_why(
        words, rows, "score", "null_reason", lambda score: words.number(score, 1)
    )
    for days in (28, 90):
        key = f"score_change_{days}d"
        rows[f"change_{days}d"] = labels.known_or_why(
            words, rows, key, f"{key}_null_reason", lambda change: words.value(change, "points")
        )
    return rows, [
        product(words),
        markup.wide("health", words("health")),
        labels.named("band", words("accounts.band"), words, "band"),
        markup.wide("change_28d", words("score_change", days=28)),
        markup.wide("change_90d", words("score_change", days=90)),
        markup.rate("coverage", words("coverage"), words),
    ]


def lost_points(words: Words, account_id: str, day: object, product_id: str) -> Table:
    """Where each product lost its points, the most first; a cap and a word set by hand stand as rows of their own."""
    rows = read(LOST_POINTS, account_id, day, product_id, product_id)
    scored = read(SCORES, account_id, day, product_id, product_id).set_index("product_id").to_dict("index")
    rows["note"] = [note(words, row, scored[row["product_id"]]) for row in rows.to_dict("records")]
    return rows, [
        product(words),
        markup.sentence(f"sentence_{words.language}", words("lost_sentence")),
        markup.number("lost_points", words("lost"), words, 1),
        markup.number("score", words("part_score"), words, 1),
        markup.number("weight", words("weight"), words),
        markup.date("measured_date", words("measured"), words),
        markup.wide("note", words("note")),
    ]


def note(words: Words, row: dict, score: dict) -> str:
    """What is to be known of a part of the score beside its sentence."""
    if row["part"] == "override":
        until = words.date(score["override_expires_date"])
        return words("by_hand", author=score["override_author_id"], date=until, reason=score["override_reason"])
    return words("capped") if row["part"] == "cap" else words.named("reason", row["null_reason"])


def levels(words: Words, account_id: str, day: object, product_id: str) -> Table:
    """The level of the customer and of each of its products, since when, and the next step."""
    rows = read(LEVELS, account_id, day, product_id, product_id)
    rows["level"] = labels.known_or_why(words, rows, "success_level", "null_reason", words.number)
    step = rows[f"next_step_{words.language}"]
    # Nothing stands before the highest level; before an unknown one, nobody knows.
    rows["next_step"] = step.mask(step.isna() & rows["success_level"].notna(), words("account.top"))
    return rows, [
        product(words),
        markup.text("level", words("level")),
        markup.date("level_since_date", words("level_since"), words),
        markup.number("days_in_level", words("days"), words),
        markup.wide("next_step", words("next_step")),
        markup.number("conditions_met_out_of_order", words("out_of_order"), words),
    ]


def conditions(words: Words, account_id: str, day: object, product_id: str) -> Table:
    """Every condition of the levels: met, not met or not known."""
    rows = read(CONDITIONS, account_id, day, product_id)
    rows["state"] = [
        words.named("condition_state", state) + ("" if is_unknown(reason) else f" ({words.named('reason', reason)})")
        for state, reason in zip(rows["state"], rows["null_reason"], strict=True)
    ]
    return rows, [
        markup.number("success_level", words("level"), words),
        markup.sentence(f"sentence_{words.language}", words("condition")),
        markup.wide("state", words("condition_state")),
    ]


def indicators(words: Words, account_id: str, product_id: str) -> Table:
    """What the catalogue measures of the customer today, of those its profile shows."""
    rows = read(INDICATORS, account_id, product_id)
    rows["shown"] = [
        labels.why(words, reason) if is_unknown(value) else words.value(value, unit)
        for value, unit, reason in zip(rows["kpi_value"], rows["unit"], rows["null_reason"], strict=True)
    ]
    return rows, [
        markup.named("stage", words("stage"), words, "stage"),
        markup.wide(f"label_{words.language}", words("indicator")),
        markup.wide("shown", words("value")),
        markup.wide(f"formula_{words.language}", words("definition")),
    ]


def product(words: Words) -> markup.Column:
    return markup.Column("product_id", words("product"), lambda key: labels.product(words, key))
