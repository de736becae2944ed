"""Who of the made-up company's customers has a user account, and which announcements those users get and read.

What belongs here: accounts issued per chain, from its seats and its active users, and what is delivered to their
holders. What they do once logged in is in sample_activity.py and sample_usage.py; no file.
"""

import numpy as np
import pyarrow as pa

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, Activity, pick, seconds_of_day
from orchestration.sample_calendar import FAR, covers, first_days, last_days, last_ends
from orchestration.sample_contracts import INFRA, TOOL

ISSUED_AHEAD_DAYS = 7


class Users:
    """One entry per user account in every array: chain, nth (from 0, as the logins count), issued, deactivated (days).

    by_month[month, chain]: accounts ever issued; first[chain]: where its users begin; is_over[chain]: more than seats.
    has_feed, gets_announcements: per customer, whether its users and their use are exported, and announcements sent.
    """

    def __init__(self, activity: Activity, rng: np.random.Generator):
        self.activity, self.world, self.rng = activity, activity.world, rng
        self.has_feed = rng.random(self.world.accounts) >= rates.ON_PREMISE_SHARE
        self.gets_announcements = rng.random(self.world.accounts) >= rates.NO_ANNOUNCEMENTS_SHARE
        self.is_over = rng.random(len(self.world.chains.account)) < rates.OVER_ISSUED_SHARE
        self.by_month = by_month = self._issued_by_month()
        self.chain = np.repeat(np.arange(by_month.shape[1]), by_month[-1])
        self.first = np.cumsum(by_month[-1]) - by_month[-1]  # where each chain's users begin
        self.nth = np.arange(len(self.chain)) - np.repeat(self.first, by_month[-1])
        self.account = self.world.chains.account[self.chain]
        names = zip(activity.account_ids[self.account].tolist(), (self.nth + 1).tolist(), strict=True)
        self.ids = pa.array([f"{name}-u{number:03}" for name, number in names], pa.string())
        self._set_days()

    def table(self) -> pa.Table:
        """One row per user and product of the customers whose users are exported, as of the end date."""
        kept = np.flatnonzero(self.has_feed[self.account])
        left = self.deactivated[kept]
        return pa.table({
            "account_id": pick(self.account[kept], self.activity.account_ids),
            "user_id": self.ids.take(pa.array(kept)),
            "issued_date": pa.array(self.issued[kept]),
            "deactivated_date": pa.array(left, mask=left > self.world.end_date),
            "role": pick((self.nth[kept] > 0).astype(int), ["admin", "member"]),
            "product_id": pick(self.world.chains.product[self.chain[kept]], PRODUCT_IDS),
        })

    def announcements(self, month: int) -> pa.Table:
        """One row per user and announcement of the month; each product has one, on its own day."""
        parts = [self._announce(month, product, day)
                 for product, day in zip((INFRA, TOOL), rates.ANNOUNCEMENT_DAYS, strict=True)]
        return pa.concat_tables(parts)

    def _announce(self, month, product, number):
        world, rng = self.world, self.rng
        day = (world.first_month + month).astype("M8[D]") + (number - 1)
        there = (self.issued <= day) & (self.deactivated > day) & (world.chains.product[self.chain] == product)
        there &= self.gets_announcements[self.account]
        who = np.flatnonzero(there)
        who = who[covers(world, self.chain[who], np.full(len(who), day))]
        level = world.levels[month, self.account[who]].clip(0)
        reads = rng.random(len(who)) < np.take(rates.ANNOUNCEMENT_READ_SHARE, level)
        read_day = day + (rates.ANNOUNCEMENT_READ_WITHIN_DAYS * rng.random(len(who)) ** 2).astype(int)
        read_at = read_day.astype("M8[s]") + seconds_of_day(rng, len(who), first_hour=11)
        delivered = np.full(len(who), day.astype("M8[s]") + 10 * 3600)
        return pa.table({
            "announcement_id": pa.array(np.full(len(who), f"A{str(day)[:7]}-{product + 1}"), pa.string()),
            "account_id": pa.array(self.activity.account_ids[self.account[who]], pa.string()),
            "user_id": self.ids.take(pa.array(who)),
            "product_id": pa.array(np.full(len(who), PRODUCT_IDS[product]), pa.string()),
            "delivered_at": pa.array(delivered),
            "read_at": pa.array(read_at, mask=~reads | (read_day > world.end_date)),
        })

    def _issued_by_month(self):
        """Accounts ever issued, by month and chain: a share of the seats, never fewer than are in use."""
        world, rng = self.world, self.rng
        runs = world.to_day[: world.months] > world.from_day[: world.months]
        chains = runs.shape[1]
        share = np.where(self.is_over, rng.uniform(*rates.OVER_ISSUED_SEAT_SHARE, chains),
                         rng.uniform(*rates.ISSUED_SEAT_SHARE, chains))
        rolled_out = np.minimum(1, np.cumsum(runs, axis=0) / rates.ISSUED_WITHIN_MONTHS)
        wanted = np.ceil(world.seats[: world.months] * share * rolled_out).astype(int)
        return np.maximum.accumulate(np.maximum(wanted, self.activity.active_users[: world.months]) * runs)

    def _set_days(self):
        """Issued before the first use; deactivated some time after the last use, or after the customer left."""
        world, rng, rows = self.world, self.rng, len(self.chain)
        issue_month, last_used = np.zeros(rows, int), np.zeros(rows, int)
        for month in range(world.months):
            issue_month += self.by_month[month, self.chain] <= self.nth
            last_used[self.activity.active_users[month, self.chain] > self.nth] = month
        _, start = first_days(world)
        before = (world.first_month + issue_month).astype("M8[D]") - rng.integers(0, 28, rows)
        earliest = np.minimum(start[self.chain], last_days(world, issue_month)) - ISSUED_AHEAD_DAYS
        self.issued = np.maximum(before, earliest)
        idle_from = (world.first_month + np.maximum(last_used, issue_month) + 2).astype("M8[D]")
        goes = (rng.random(rows) < rates.USER_LEFT_SHARE) & ~self.is_over[self.chain]
        leaves = np.where(goes, idle_from + rng.integers(0, 28, rows), FAR)
        self.deactivated = np.minimum(leaves, last_ends(world)[self.chain] + rng.integers(0, 30, rows))
