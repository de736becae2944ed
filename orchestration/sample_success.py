"""What the made-up company's customer success does: who is asked in a survey, every touch of a customer, and the health
scores that somebody set by hand.

What belongs here: invitations to the NPS waves of sample_activity.py, touches by the owner of an account and those that
answer a low score, overrides by the owner. No file.
"""

import numpy as np
import pyarrow as pa

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, Activity, pick
from orchestration.sample_calendar import account_days, covers, days_between, first_days, office_seconds

TOUCH_TYPES = ("mail", "webinar", "training", "review", "call")  # in the order of rates.TOUCH_SHARES
CHANNELS = ("tech", "tech", "low", "high", "high")
CALL = TOUCH_TYPES.index("call")
# What only people know: reason, score, days until it expires.
OVERRIDES = (
    ("champion has left", 20, 60),
    ("incident solved, trust regained", 80, 30),
    ("merger: new owner decides", 40, 90),
    ("usage paused for a planned migration", 75, 45),
)


def invitations(activity: Activity, answers: dict[str, np.ndarray], rng: np.random.Generator) -> list[pa.Table]:
    """One table per wave sent by the end date, one row per user asked; of a few who answered no invitation is known."""
    waves, number, world = [], 0, activity.world
    for month in range(world.months):
        sent_day = (world.first_month + month).astype("M8[D]") + (rates.NPS_SENT_ON_DAY - 1)
        calendar_month = (world.first_month + month).astype(int) % 12 + 1
        if calendar_month in rates.NPS_WAVE_MONTHS and sent_day <= world.end_date:
            account, user, sent_at = _asked(activity, month, sent_day)
            answered = np.isin(user, answers["user"][answers["sent_at"] == sent_at])
            kept = ~answered | (rng.random(len(user)) >= rates.INVITATION_LOST_SHARE)
            waves.append(_wave_table(activity, account[kept], user[kept], sent_at, number))
            number += int(kept.sum())
    return waves


def _asked(activity, month, sent_day):
    asked = activity.asked(month)
    account = np.repeat(np.arange(len(asked)), asked)
    nth = np.arange(len(account)) - np.repeat(np.cumsum(asked) - asked, asked)
    return account, activity.first_user[account] + nth, sent_day.astype("M8[s]") + 10 * 3600


def _wave_table(activity, account, user, sent_at, number):
    return pa.table({
        "invitation_id": pa.array([f"I{nth:07}" for nth in range(number + 1, number + len(user) + 1)], pa.string()),
        "account_id": pick(account, activity.account_ids),
        "user_id": pick(user, activity.user_ids),
        "sent_at": pa.array([f"{sent_at}+09:00".replace("T", " ")] * len(user), pa.string()),
        "survey_type": pa.array(["nps"] * len(user), pa.string()),
        "touchpoint": pa.nulls(len(user), pa.string()),
    })


def touches(
    activity: Activity, answers: dict[str, np.ndarray], owners: np.ndarray, rng: np.random.Generator
) -> pa.Table:
    """One row per touch in order of time: some a month whatever the level, and a call after most low scores.

    owners: the owner of each account, who does all its touches. Times are of Tokyo, without zone.
    """
    planned = [_monthly_touches(activity, month, rng) for month in range(activity.world.months)]
    account, at, kind = (np.concatenate(parts) for parts in zip(*planned, _low_score_calls(activity, answers, rng),
                                                               strict=True))
    order = np.lexsort((kind, account, at))
    account, at, kind = account[order], at[order], kind[order]
    minutes = np.rint(np.take(rates.TOUCH_MINUTES, kind) * rng.uniform(0.5, 1.5, len(kind))).astype(int)
    return pa.table({
        "touch_id": pa.array([f"T{number:07}" for number in range(1, len(kind) + 1)], pa.string()),
        "account_id": pick(account, activity.account_ids),
        "touched_at": pa.array(at),
        "touch_type": pick(kind, TOUCH_TYPES),
        "channel": pick(kind, np.array(CHANNELS)),
        "owner_id": pa.array(owners[account], pa.string()),
        "minutes": pa.array(minutes),
    })


def _monthly_touches(activity, month, rng):
    """Spread evenly over the days with a contract; a month of a few days has few."""
    begin, end = account_days(activity.world, month)
    days = (end - begin).astype(int)
    account = np.repeat(np.arange(len(days)), rng.poisson(rates.TOUCHES_MONTHLY * days / 30))
    day = begin[account] + (rng.random(len(account)) * days[account]).astype(int)
    kind = rng.choice(len(TOUCH_TYPES), len(account), p=rates.TOUCH_SHARES)
    return account, day.astype("M8[s]") + office_seconds(rng, len(account)), kind


def _low_score_calls(activity, answers, rng):
    """Calls after answers at or below the low score, never before the answer and none after the end date."""
    if not answers:
        return np.zeros(0, int), np.zeros(0, "M8[s]"), np.zeros(0, int)
    low = np.flatnonzero(answers["score"] <= rates.LOW_SCORE)
    low = low[rng.random(len(low)) < rates.LOW_SCORE_TOUCHED_SHARE]
    answered = answers["answered_at"][low]
    day = answered.astype("M8[D]") + days_between(rng, (0, rates.LOW_SCORE_TOUCHED_WITHIN_DAYS), len(low))
    at = np.maximum(day.astype("M8[s]") + office_seconds(rng, len(low)), answered + 1800)
    kept = at.astype("M8[D]") <= activity.world.end_date
    return answers["account"][low][kept], at[kept], np.full(int(kept.sum()), CALL)


def overrides(activity: Activity, owners: np.ndarray, rng: np.random.Generator) -> pa.Table:
    """One row per health score set by hand, in order of day; of customers at the end date, at most one each."""
    world = activity.world
    everybody = np.arange(world.accounts)  # chains are counted from the first products, one per account
    running = np.flatnonzero(covers(world, everybody, np.full(world.accounts, world.end_date, "M8[D]")))
    count = int(np.ceil(rates.OVERRIDE_ACCOUNT_SHARE * len(running)))
    account = rng.permutation(running)[:count]
    days_ago = (rates.OVERRIDE_WITHIN_DAYS * rng.random(count) ** 2).astype(int)
    day = np.maximum(world.end_date - days_ago, first_days(world)[1][account])
    order = np.lexsort((account, day))
    account, day, nth = account[order], day[order], np.arange(count)
    kind = rng.integers(0, len(OVERRIDES), count)
    reason, score, lasting = (np.array(column)[kind] for column in zip(*OVERRIDES, strict=True))
    return pa.table({
        "override_id": pa.array([f"H{number:04}" for number in nth + 1], pa.string()),
        "account_id": pick(account, activity.account_ids),
        "product_id": pa.array(PRODUCT_IDS[world.chains.product[account]], mask=nth % 2 == 0),
        "score": score,
        "author_id": pa.array(owners[account], pa.string()),
        "reason": reason,
        "valid_from_date": day,
        "expires_date": day + lasting,
    })
