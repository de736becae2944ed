"""What the made-up company's customers want, reach and say: goals, how far they got, and reviews, referrals and cases.

What belongs here: draws per account by its latent level, as tables. No file.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, Activity, pick
from orchestration.sample_calendar import account_days, covers, days_between, first_days, level_at

SCOPES = ("individual", "department", "company")
# Metric, lowest and highest value at the outset, target as a factor of it.
METRICS = (
    ("hours saved a month", 4, 20, 3.0),
    ("requests answered within a day, percent", 30, 60, 1.5),
    ("days to close the books", 8, 15, 0.5),
    ("reports prepared by hand a month", 20, 60, 0.25),
    ("minutes of outage a quarter", 60, 240, 0.4),
)
KINDS = ("review", "referral", "case")


class Goals:
    """One entry per goal set by the end date in every array: account, set_on, due, metric, baseline, target."""

    def __init__(self, activity: Activity, rng: np.random.Generator):
        self.activity, self.world, self.rng = activity, activity.world, rng
        world = self.world
        has_goals = rng.random(world.accounts) < rates.GOAL_ACCOUNT_SHARE
        count = has_goals * days_between(rng, rates.GOALS_PER_ACCOUNT, world.accounts)
        account = np.repeat(np.arange(world.accounts), count)
        start = first_days(world)[1][account]  # chains are counted from the first products, one per account
        set_on = start + days_between(rng, rates.GOAL_SET_AFTER_DAYS, len(account))
        kept = covers(world, account, set_on)
        self.account, self.set_on = account[kept], set_on[kept]
        rows = len(self.account)
        self.due = self.set_on + 30 * days_between(rng, rates.GOAL_DUE_MONTHS, rows)
        self.scope, self.metric = rng.integers(0, len(SCOPES), rows), rng.integers(0, len(METRICS), rows)
        _, low, high, factor = (np.array(column) for column in zip(*METRICS, strict=True))
        self.baseline = rng.integers(low[self.metric], high[self.metric] + 1)
        self.target = np.rint(self.baseline * factor[self.metric])
        self.ids = np.array([f"G{number:06}" for number in range(1, rows + 1)], "U12")

    def table(self) -> pa.Table:
        """One row per goal; some are to be lowered, with a target below the baseline."""
        return pa.table({
            "goal_id": self.ids,
            "account_id": pick(self.account, self.activity.account_ids),
            "product_id": pick(self.world.chains.product[self.account], PRODUCT_IDS),
            "scope": pick(self.scope, SCOPES),
            "metric": pick(self.metric, [metric[0] for metric in METRICS]),
            "baseline": self.baseline,
            "target": self.target,
            "set_date": self.set_on,
            "due_date": self.due,
        })

    def actuals(self) -> pa.Table:
        """One row per goal and quarter while the contract runs, until the goal is due; attainment by the level."""
        most = rates.GOAL_DUE_MONTHS[1] * 30 // rates.GOAL_MEASURED_EVERY_DAYS
        goal, nth = np.repeat(np.arange(len(self.ids)), most), np.tile(np.arange(1, most + 1), len(self.ids))
        measured = self.set_on[goal] + rates.GOAL_MEASURED_EVERY_DAYS * nth
        kept = (measured <= self.due[goal]) & covers(self.world, self.account[goal], measured)
        goal, measured = goal[kept], measured[kept]
        level = level_at(self.world, self.account[goal], measured)
        noise = rates.GOAL_ATTAINMENT_SIGMA * self.rng.standard_normal(len(goal))
        way = self.target[goal] - self.baseline[goal]
        value = np.maximum(0, self.baseline[goal] + (np.take(rates.GOAL_ATTAINMENT, level) + noise) * way)
        return pa.table({"goal_id": self.ids[goal], "measured_date": measured, "value": value.round(1)})


def reviews(activity: Activity, rng: np.random.Generator) -> pa.Table:
    """One row per review, referral or case, in order of day; almost all of them come at a high level."""
    parts = [_month_of_reviews(activity.world, month, rng) for month in range(activity.world.months)]
    account, day = (np.concatenate(values) for values in zip(*parts, strict=True))
    kind = rng.choice(len(KINDS), len(account), p=rates.REVIEW_KIND_SHARES)
    mean = np.take(rates.REVIEW_RATING_MEAN, level_at(activity.world, account, day))
    rating = np.rint(mean + rates.REVIEW_RATING_SIGMA * rng.standard_normal(len(account))).clip(1, 5).astype(int)
    table = pa.table({
        "account_id": pick(account, activity.account_ids),
        "recorded_date": day,
        "kind": pick(kind, KINDS),
        "rating": pa.array(rating, mask=kind != 0),  # only a review has stars
    }).take(pc.array_sort_indices(pa.array(day)))
    ids = pa.array([f"V{number:05}" for number in range(1, len(account) + 1)], pa.string())
    return table.add_column(0, "review_id", ids)


def _month_of_reviews(world, month, rng):
    begin, end = account_days(world, month)
    days = (end - begin).astype(int)
    level = world.levels[month].clip(0)
    account = np.flatnonzero((days > 0) & (rng.random(world.accounts) < np.take(rates.REVIEWS_MONTHLY, level)))
    return account, begin[account] + (rng.random(len(account)) * days[account]).astype(int)
