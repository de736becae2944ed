"""The headline figures of one customer: each with what is to be made of it, and why it is not known where it is not."""

from dashboard import labels
from dashboard.markup import Figure
from dashboard.published import read
from dashboard.words import UNKNOWN, Words, is_unknown

# The account is named in every part: tables of every day and account are large.
STATE = """
with state as (
    select * from marts.mart_account_360
    where account_id = ? and month = (select max(month) from marts.mart_account_360)
),

health as (
    select * from marts.fct_health_score where account_id = ? and product_id = 'all'
),

levels as (
    select * from marts.fct_success_level where account_id = ? and product_id = 'all'
)

select
    state.*, health.score_change_28d, health.compared_days_28d, health.score_change_28d_null_reason,
    health.lowest_score, health.null_reason as health_null_reason, levels.level_since_date, levels.days_in_level,
    levels.level_low, levels.level_high, levels.next_step_en, levels.next_step_ja,
    levels.null_reason as level_null_reason
from state
left join health using (as_of_date)
left join levels using (as_of_date)"""
WORTH = "select * from marts.mart_ltv_account where account_id = ?"


def headlines(words: Words, account_id: str) -> list[Figure]:
    """How the customer stands on the newest day; nothing for an account that never was a customer."""
    found = read(STATE, account_id, account_id, account_id)
    if found.empty:
        return []
    row = found.iloc[0].to_dict()
    shown = [mrr(words, row), expected(words, row), health(words, row), level(words, row), renewal(words, row)]
    actions, definition = words.number(row["open_actions"]), words("open_actions.definition")
    return [*shown, Figure(words("account_actions.title"), actions, [], [definition])]


def mrr(words: Words, row: dict) -> Figure:
    known = labels.indicators(words)["mrr"]
    return Figure(known.label, words.money(row["mrr"]), labels.in_grace(words, row["mrr_in_grace"]), [known.definition])


def expected(words: Words, row: dict) -> Figure:
    known = labels.indicators(words)["expected_nrr"]
    mark = f"{known.label}: {words.rate(row['expected_nrr'])}"
    if is_unknown(row["expected_mrr_12m"]):
        mark = words("reason.without_mrr")
    return Figure(words("accounts.expected"), words.money(row["expected_mrr_12m"]), [mark], [known.definition])


def health(words: Words, row: dict) -> Figure:
    label, notes = words("scores.title"), [words("health.definition")]
    if not row["is_customer"]:
        return Figure(label, UNKNOWN, [words("account.no_customer")], notes)
    if is_unknown(row["health_score"]):
        return Figure(label, words("no_data"), [words.named("reason", row["health_null_reason"])], notes)
    marks = [labels.name(words, "band", row["health_band"])]
    if is_unknown(row["score_change_28d"]):
        reason = words.named("reason", row["score_change_28d_null_reason"])
        notes.append(words("account.no_change", reason=reason))
    else:
        change = words.value(row["score_change_28d"], "points")
        marks.append(words("account.change", change=change, days=int(row["compared_days_28d"])))
    if row["lowest_score"] < row["health_score"]:
        marks.append(words("account.lowest", score=words.number(row["lowest_score"], 1)))
    return Figure(label, words.number(row["health_score"], 1), marks, notes)


def level(words: Words, row: dict) -> Figure:
    label, notes = words("reached.title"), [words("level.definition")]
    if not row["is_customer"]:
        return Figure(label, UNKNOWN, [words("account.no_customer")], notes)
    step = row[f"next_step_{words.language}"]
    next_step = None if is_unknown(step) else words("account.next", step=step)
    if is_unknown(row["success_level"]):
        low, high = words.number(row["level_low"]), words.number(row["level_high"])
        bounds = None if is_unknown(row["level_low"]) else words("range", low=low, high=high)
        marks = [words.named("reason", row["level_null_reason"]), bounds, next_step]
        return Figure(label, words("no_data"), [mark for mark in marks if mark], notes)
    since = words("account.since", date=words.date(row["level_since_date"]), days=words.number(row["days_in_level"]))
    return Figure(label, words.number(row["success_level"]), [since, next_step or words("account.top")], notes)


def renewal(words: Words, row: dict) -> Figure:
    if is_unknown(row["next_renewal_date"]):
        mark = words("account.no_end" if row["is_customer"] else "account.no_customer")
    elif row["months_to_renewal"] == 0:
        mark = words("account.ended")
    else:
        mark = words("account.in_months", months=words.number(row["months_to_renewal"]))
    return Figure(words("renewal.title"), words.date(row["next_renewal_date"]), [mark], [words("renewal.definition")])


def worth(words: Words, account_id: str) -> list[Figure]:
    """Lifetime value so far and from today on; a dash where nothing was ever paid."""
    found = read(WORTH, account_id)
    label, notes = words("ltv_to_date"), [words("ltv_to_date.definition")]
    if found.empty:
        return [Figure(label, UNKNOWN, [words("reason.never_paid")], notes)]
    row = found.iloc[0].to_dict()
    held = words("ltv_held", months=words.number(row["months_held"]), date=words.date(row["first_paid_date"]))
    marks = [
        words("ltv_months", months=words.number(row["expected_remaining_months"], 1)),
        words("ltv_horizon", months=words.number(row["remaining_horizon_months"])),
    ]
    if not is_unknown(row["null_reason"]):
        marks = [words.named("reason", row["null_reason"])]
    remaining = words.money(row["expected_remaining"])
    return [
        Figure(label, words.money(row["ltv_to_date"]), [held], notes),
        Figure(words("ltv_remaining"), remaining, marks, [words("ltv_remaining.definition")]),
    ]
