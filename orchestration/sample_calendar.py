"""On which days the made-up company's customers are covered by a contract, and when each chain began.

What belongs here: questions about days that a finished World answers, as numpy arrays. No draws of its own but a day
within a stretch of days; no file.
"""

import numpy as np

from orchestration.sample_contracts import ADDON
from orchestration.sample_world import World

FAR = np.datetime64("2200-01-01", "D")  # later than every day of a sample: "never"


def first_days(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Signature and start of the first contract line of each chain, as days; FAR where there is none."""
    lines = world.lines
    own = lines["product"] != ADDON
    days = []
    for name in ("signed", "start"):
        first = np.full(len(world.chains.account), FAR)
        np.minimum.at(first, lines["chain"][own], lines[name][own])
        days.append(first)
    return days[0], days[1]


def last_ends(world: World) -> np.ndarray:
    """First day without a contract after the last month covered, per chain; FAR for those running at the end date."""
    covered = world.to_day[: world.months] > world.from_day[: world.months]
    last = world.months - 1 - covered[::-1].argmax(axis=0)
    after = last_days(world, last) + 1
    end = np.minimum((world.first_month + last).astype("M8[D]") + world.to_day[last, np.arange(len(last))], after)
    runs_on = (last == world.months - 1) & (world.to_day[world.months - 1] == 31)
    return np.where(runs_on | ~covered.any(axis=0), FAR, end)


def covers(world: World, chain: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether each chain has a contract on that day; never after the end date."""
    month = (day.astype("M8[M]") - world.first_month).astype(int)
    number = (day - day.astype("M8[M]").astype("M8[D]")).astype(int)
    known = (month >= 0) & (day <= world.end_date)
    month = np.where(known, month, 0)
    return known & (number >= world.from_day[month, chain]) & (number < world.to_day[month, chain])


def level_at(world: World, account: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The latent success level of each account in the month of that day; 0 before its first contract."""
    month = (day.astype("M8[M]") - world.first_month).astype(int)
    return world.levels[month.clip(0, len(world.levels) - 1), account].clip(0).astype(int)


def account_days(world: World, month: int) -> tuple[np.ndarray, np.ndarray]:
    """First day with a contract in the month and the day after the last one, per account; both equal where none."""
    chains, first = world.chains.account, (world.first_month + month).astype("M8[D]")
    runs = world.to_day[month] > world.from_day[month]
    begin, end = np.full(world.accounts, 31), np.zeros(world.accounts, int)
    np.minimum.at(begin, chains[runs], world.from_day[month, runs])
    np.maximum.at(end, chains[runs], world.to_day[month, runs])
    end = np.minimum(end, (last_days(world, np.array(month)) + 1 - first).astype(int))
    return first + begin, first + np.maximum(begin, end)


def last_days(world: World, month: np.ndarray) -> np.ndarray:
    """The last day of each month number, at most the end date."""
    return np.minimum((world.first_month + month + 1).astype("M8[D]") - 1, world.end_date)


def days_between(rng: np.random.Generator, limits: tuple[int, int], rows: int) -> np.ndarray:
    """Whole numbers of days, both limits included."""
    return rng.integers(limits[0], limits[1] + 1, rows)


def office_seconds(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Seconds since midnight within office hours, from 9 to 18 o'clock."""
    return rng.integers(9 * 3600, 18 * 3600, rows)
