"""What the made-up company's users do: logins as user-days, and answers to the NPS survey.

What belongs here: draws that depend on the latent level of one month. One login row is one user × product × day with
the time of the first login (Asia/Tokyo, without zone) and the number of events. No file and no dirt: sample_files.py.
"""

import numpy as np
import pyarrow as pa

from orchestration import sample_rates as rates
from orchestration.sample_contracts import INFRA
from orchestration.sample_world import World

PRODUCT_IDS = np.array(["core-infra", "work-tool", "insight-addon"])  # by INFRA, TOOL, ADDON
QUIET_DAYS = (101, 102, 103, 429, 503, 504, 505, 813, 814, 815, 1229, 1230, 1231)  # month × 100 + day


class Activity:
    """Draws the users' side of a finished World. User `n` of an account has the id `<account_id>-u<n>`."""

    def __init__(self, world: World, account_ids: np.ndarray):
        self.world, self.rng, self.account_ids = world, world.rng, account_ids
        level = world.levels[:, world.chains.account].clip(0)
        self.active_users = world.rng.binomial(world.seats, np.take(rates.ACTIVE_SEAT_SHARE, level))
        most = np.zeros(world.accounts, int)
        np.maximum.at(most, world.chains.account, self.active_users.max(axis=0))
        self.first_user = np.concatenate([[0], np.cumsum(most)[:-1]])
        self.user_ids = pa.array([f"{name}-u{n:03}" for name, users in zip(account_ids, most, strict=True)
                                  for n in range(1, users + 1)], pa.string())

    def logins(self, month: int) -> dict[str, np.ndarray]:
        """User-days of one month up to the end date, ordered by day: chain, user, day, login_at, events."""
        world, rng = self.world, self.rng
        chains = np.flatnonzero((world.to_day[month] > world.from_day[month]) & (self.active_users[month] > 0))
        users = self.active_users[month, chains]
        chain = np.repeat(chains, users)
        nth = np.arange(len(chain)) - np.repeat(np.cumsum(users) - users, users)
        days = self._days(month)
        chance = self._workday_chance(month, chain, nth)
        draw = rng.random((len(days), len(chain)), np.float32)
        number = np.arange(len(days))[:, None]
        present = (number >= world.from_day[month, chain]) & (number < world.to_day[month, chain])
        on_day, who = np.nonzero((draw < day_factor(days)[:, None] * chance) & present)
        more_events = rng.standard_exponential(len(who), np.float32) * self._mean_extra_events(month, chain)[who]
        return {
            "chain": chain[who],
            "user": (self.first_user[world.chains.account[chain]] + nth)[who],
            "day": days[on_day],
            "login_at": days[on_day].astype("M8[s]") + seconds_of_day(rng, len(who)),
            "events": 1 + more_events.astype(np.int32),
        }

    def surveys(self) -> dict[str, np.ndarray]:
        """Answers to every NPS wave up to the end date: account, user, score, sent_at, answered_at (Asia/Tokyo)."""
        waves = [self._wave(month) for month in range(self.world.months)
                 if (self.world.first_month + month).astype(int) % 12 + 1 in rates.NPS_WAVE_MONTHS]
        return {name: np.concatenate([wave[name] for wave in waves]) for name in waves[0]} if waves else {}

    def _wave(self, month):
        world, rng = self.world, self.rng
        asked = self.asked(month)
        account = np.repeat(np.arange(world.accounts), asked)
        nth = np.arange(len(account)) - np.repeat(np.cumsum(asked) - asked, asked)
        level = world.levels[month, account].astype(int)
        sent_day = (world.first_month + month).astype("M8[D]") + (rates.NPS_SENT_ON_DAY - 1)
        answered = (sent_day + rng.integers(0, rates.NPS_ANSWERED_WITHIN_DAYS, len(account))).astype("M8[s]")
        answered += seconds_of_day(rng, len(account), first_hour=10)
        score = np.take(rates.NPS_SCORE_MEAN, level) + rates.NPS_SCORE_SIGMA * rng.standard_normal(len(account))
        answers = rng.random(len(account)) < np.take(rates.NPS_RESPONSE_SHARE, level)
        kept = answers & (answered.astype("M8[D]") <= world.end_date)
        user = self.first_user[account] + nth
        sent = np.full(len(account), sent_day.astype("M8[s]") + 10 * 3600)
        return {"account": account[kept], "user": user[kept], "score": np.rint(score).clip(0, 10).astype(int)[kept],
                "sent_at": sent[kept], "answered_at": answered[kept]}

    def asked(self, month: int) -> np.ndarray:
        """How many users of each account are asked: those active this month, counted once over its products."""
        asked = np.zeros(self.world.accounts, int)
        reached = self.world.to_day[month] >= rates.NPS_SENT_ON_DAY
        np.maximum.at(asked, self.world.chains.account, np.where(reached, self.active_users[month], 0))
        return asked

    def _days(self, month):
        first = (self.world.first_month + month).astype("M8[D]")
        after = min((self.world.first_month + month + 1).astype("M8[D]"), self.world.end_date + 1)
        return np.arange(first, after)

    def _workday_chance(self, month, chain, nth):
        """Chance that a user comes on a working day; users differ by a fixed spread, accounts by their temper."""
        world = self.world
        level = world.levels[month, world.chains.account[chain]].astype(int)
        infra, tool = np.array(rates.ACTIVE_DAYS_PER_WEEK_INFRA), np.array(rates.ACTIVE_DAYS_PER_WEEK_TOOL)
        per_week = np.where(world.chains.product[chain] == INFRA, infra[level], tool[level])
        spread = 0.6 + 0.8 * ((nth + 1) * 0.618034 % 1)
        chance = per_week / (5 + 2 * rates.WEEKEND_FACTOR) * spread * world.temper[world.chains.account[chain]]
        return chance.clip(0, 0.97).astype(np.float32)

    def _mean_extra_events(self, month, chain):
        level = self.world.levels[month, self.world.chains.account[chain]]
        return np.take(rates.EXTRA_EVENTS_PER_DAY, level).astype(np.float32)


def seconds_of_day(rng: np.random.Generator, rows: int, first_hour: int = 0) -> np.ndarray:
    """Seconds since midnight in Tokyo, by the declared hours; `first_hour` leaves earlier hours out."""
    hours = np.cumsum(rates.HOUR_WEIGHTS) / sum(rates.HOUR_WEIGHTS)
    start = hours[first_hour - 1] if first_hour else 0
    draw = start + (1 - start) * rng.random(rows, np.float32)
    hour = np.searchsorted(hours, draw, side="right").clip(0, 23)
    return hour * 3600 + rng.integers(0, 3600, rows, np.int32)


def day_factor(days: np.ndarray) -> np.ndarray:
    """1 on working days, less on weekends and on the holidays when offices are closed."""
    weekend = (days.astype(int) + 3) % 7 >= 5
    months = days.astype("M8[M]")
    calendar = (months.astype(int) % 12 + 1) * 100 + (days - months.astype("M8[D]")).astype(int) + 1
    quiet = np.isin(calendar, QUIET_DAYS)
    factor = np.where(weekend, rates.WEEKEND_FACTOR, np.where(quiet, rates.QUIET_DAY_FACTOR, 1.0))
    return factor.astype(np.float32)


def login_table(activity: Activity, rows: dict[str, np.ndarray]) -> pa.Table:
    """Login rows as an Arrow table with the export's column names; ids stay dictionary-encoded."""
    world = activity.world
    return pa.table({
        "account_id": pick(world.chains.account[rows["chain"]], activity.account_ids),
        "user_id": pick(rows["user"], activity.user_ids),
        "login_at": pa.array(rows["login_at"]),
        "product_id": pick(world.chains.product[rows["chain"]], PRODUCT_IDS),
        "event_count": pa.array(rows["events"]),
    })


def pick(index: np.ndarray, values) -> pa.DictionaryArray:
    """`values[index]` as a dictionary-encoded column: one small number a row, each text kept once."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(values))
