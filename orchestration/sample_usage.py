"""What the made-up company's users use: the catalogue of contents, and a row per user, content and day.

What belongs here: which of a product's contents each chain uses, and how the events of a login spread over them. The
logins themselves come from sample_activity.py; no file.
"""

import numpy as np
import pyarrow as pa

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, pick
from orchestration.sample_calendar import FAR
from orchestration.sample_contracts import INFRA, TOOL
from orchestration.sample_users import Users

# Content, product, topic, whether everybody is meant to use it, plan. The first of a product is always there; those
# of a plan are never used, since no contract names a plan. The last two of the tool came late and went early.
CONTENTS = (
    ("server-overview", INFRA, "monitoring", True, ""),
    ("alert-inbox", INFRA, "monitoring", True, ""),
    ("backup-jobs", INFRA, "protection", False, ""),
    ("access-rights", INFRA, "admin", False, ""),
    ("cost-report", INFRA, "billing", False, ""),
    ("scaling-rules", INFRA, "automation", False, ""),
    ("second-site", INFRA, "protection", False, "enterprise"),
    ("task-board", TOOL, "planning", True, ""),
    ("shared-calendar", TOOL, "planning", True, ""),
    ("document-box", TOOL, "sharing", True, ""),
    ("monthly-report", TOOL, "reporting", False, ""),
    ("approval-flow", TOOL, "automation", False, ""),
    ("request-forms", TOOL, "intake", False, ""),
    ("notice-wall", TOOL, "sharing", False, ""),
)
NAMES, PRODUCTS, TOPICS, BASIC, PLANS = (np.array(column) for column in zip(*CONTENTS, strict=True))
RELEASED, RETIRED = "request-forms", "notice-wall"


def content_table(end_date: np.datetime64) -> pa.Table:
    """The catalogue as of the end date; only one content has a first day, one a last day."""
    begin, end = availability(end_date)
    return pa.table({
        "content_id": NAMES,
        "product_id": PRODUCT_IDS[PRODUCTS],
        "topic": TOPICS,
        "available_from": pa.array(begin, mask=NAMES != RELEASED),
        "available_to": pa.array(end, mask=NAMES != RETIRED),
        "plan": pa.array(PLANS, mask=PLANS == ""),
        "is_basic": BASIC,
    })


def availability(end_date: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """First day of each content and first day without it."""
    released = (end_date.astype("M8[M]") - rates.CONTENT_RELEASED_MONTHS).astype("M8[D]")
    retired = (end_date.astype("M8[M]") - rates.CONTENT_RETIRED_MONTHS).astype("M8[D]")
    return np.where(NAMES == RELEASED, released, np.datetime64("1970-01-01")), np.where(NAMES == RETIRED, retired, FAR)


class Usage:
    """Draws which contents are used. order[chain]: a product's contents, those first that the chain takes up first;
    favourite[chain, level]: the content it comes back to at that level."""

    def __init__(self, users: Users, rng: np.random.Generator):
        self.users, self.activity, self.world, self.rng = users, users.activity, users.world, rng
        self.begin, self.end = availability(self.world.end_date)
        product, chains = self.world.chains.product, len(self.world.chains.product)
        self.home, self.order = np.zeros(chains, int), np.zeros((chains, len(CONTENTS)), int)
        automation = np.zeros(chains, int)
        for number in (INFRA, TOOL):
            usable = np.flatnonzero((number == PRODUCTS) & (PLANS == ""))
            mine = np.flatnonzero(product == number)
            shuffled = usable[rng.random((len(mine), len(usable))).argsort(axis=1)]
            self.order[mine[:, None], np.arange(len(usable))] = shuffled
            self.home[mine] = usable[0]
            automation[mine] = usable[TOPICS[usable] == "automation"][0]
        advanced = rng.random(chains)[:, None] < np.array(rates.ADVANCED_FAVOURITE_SHARE)
        self.favourite = np.where(advanced, automation[:, None], self.order[:, :1])

    def events(self, month: int, logins: dict[str, np.ndarray]) -> pa.Table:
        """One row per user, content and day, for the logins of the month; a login's events add up over its contents."""
        chain, nth, day, count = self._visits(month, logins)
        level = self.world.levels[month, self.world.chains.account[chain]].clip(0)
        first, second = self._choose(chain, level, day), self._choose(chain, level, day)
        both = (first != second) & (count > 1) & (self.rng.random(len(chain)) < rates.SECOND_CONTENT_SHARE)
        other = np.where(both, count // 2, 0)
        row = np.concatenate([np.arange(len(chain)), np.flatnonzero(both)])
        return pa.table({
            "account_id": pick(self.world.chains.account[chain[row]], self.activity.account_ids),
            "user_id": pick(self.users.first[chain[row]] + nth[row], self.users.ids),
            "occurred_date": pa.array(day[row]),
            "product_id": pick(self.world.chains.product[chain[row]], PRODUCT_IDS),
            "content_id": pick(np.concatenate([first, second[both]]), NAMES),
            "event_count": pa.array(np.concatenate([count - other, other[both]])),
        })

    def _visits(self, month, logins):
        """The logins of customers with a feed, and users beyond the seats: they come through another system on the
        days of a colleague, so they have no login of their own."""
        users, world = self.users, self.world
        kept = users.has_feed[world.chains.account[logins["chain"]]]
        chain, user, day, count = (logins[name][kept] for name in ("chain", "user", "day", "events"))
        nth = user - self.activity.first_user[world.chains.account[chain]]
        active = self.activity.active_users[month, chain]
        more = nth < users.by_month[month, chain] - active
        more &= users.is_over[chain] & (world.levels[month, world.chains.account[chain]] >= rates.OVER_USED_FROM_LEVEL)
        return tuple(np.concatenate([own, other[more]])
                     for own, other in ((chain, chain), (nth, nth + active), (day, day), (count, np.ones_like(count))))

    def _choose(self, chain, level, day):
        """The favourite by its share, else one of the contents taken up so far; the first of all while that is gone."""
        rng = self.rng
        place = (rng.random(len(chain), np.float32) * np.take(rates.CONTENTS_USED, level)).astype(int)
        returns = rng.random(len(chain), np.float32) < np.take(rates.FAVOURITE_SHARE, level)
        content = np.where(returns, self.favourite[chain, level], self.order[chain, place])
        there = (self.begin[content] <= day) & (day < self.end[content])
        return np.where(there, content, self.home[chain])
