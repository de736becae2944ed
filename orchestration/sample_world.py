"""What happens to the made-up company: who comes, how success moves, and what each term's end brings.

What belongs here: the month-by-month simulation of accounts and their latent success levels, drawn from one Generator.
Contract lines are kept in sample_contracts.py; no file and no text format, which sample_files.py knows. Months are
counted from 0, the first month of the sample.
"""

from collections import defaultdict
from datetime import date

import numpy as np

from orchestration import sample_rates as rates
from orchestration.sample_contracts import ENDED, INFRA, RUNNING, TOOL, WAITING, Chains

PHASES = ("onboarding", "adoption", "expansion")
OUTCOMES = ("lost", "contraction", "flat", "expansion")
LOST, CONTRACTION, FLAT, EXPANSION = range(4)
NOTICE_MONTHS = 4  # renewals and cancellations are signed up to this long ahead, so the simulation runs on past the end
NO_DAY = np.datetime64("NaT", "D")


class World:
    """One simulated company, played to its end.

    levels[month, account]: success level 0..5, -1 before the first contract. from_day, to_day[month, chain]: the part
    of the month with a contract, days from 0, half-open. seats[month, chain]. decisions: one entry per ended term
    (chain, month, term_months, level, outcome, delay, mrr_before, mrr_after, due, cancelled). lines: see Chains.
    """

    def __init__(self, accounts: int, months: int, end_date: date, rng: np.random.Generator):
        self.accounts, self.months, self.end_date, self.rng = accounts, months, np.datetime64(end_date, "D"), rng
        self.first_month = np.datetime64(end_date, "M") - (months - 1)
        self._found_accounts()
        self.chains = self._found_chains()
        steps, chains = months + NOTICE_MONTHS, len(self.chains.account)
        self.levels = np.full((steps, accounts), -1, np.int8)
        self.seats = np.zeros((steps, chains), np.int64)
        self.from_day, self.to_day = np.zeros((2, steps, chains), np.int8)
        self._decisions = defaultdict(list)
        for month in range(steps):
            self._play(month)
        self.lines = self.chains.lines()
        self.decisions = {name: np.concatenate(parts) for name, parts in self._decisions.items()}

    def phase(self, month: int) -> np.ndarray:
        """Index into PHASES, by months since the account's first contract."""
        return np.searchsorted(rates.PHASE_FROM_MONTHS, np.maximum(month - self.account_start, 0), side="right") - 1

    def _found_accounts(self):
        """When each account comes, what it is like, and what its first product is worth."""
        rng, months = self.rng, np.arange(self.months)
        calendar = (self.first_month + months).astype(int) % 12 + 1
        weights = np.where(months < 12, rates.START_WEIGHT_FIRST_YEAR, 1.0)
        weights *= np.where(calendar == 4, rates.START_WEIGHT_APRIL, 1.0)
        weights *= np.where(calendar == 10, rates.START_WEIGHT_OCTOBER, 1.0)
        self.account_start = np.sort(rng.choice(self.months, self.accounts, p=weights / weights.sum()))
        self.profile = np.where(rng.random(self.accounts) < rates.INFRA_SHARE, INFRA, TOOL)
        median = np.where(self.profile == INFRA, rates.MEDIAN_MRR_INFRA, rates.MEDIAN_MRR_TOOL)
        self.first_mrr = median * np.exp(rates.MRR_SIGMA * rng.standard_normal(self.accounts))
        self.temper = np.exp(rates.ACCOUNT_ACTIVITY_SIGMA * rng.standard_normal(self.accounts))

    def _found_chains(self):
        """The first product of every account, and later the other one for some."""
        rng = self.rng
        second = np.flatnonzero(rng.random(self.accounts) < rates.SECOND_PRODUCT_SHARE)
        low, high = rates.SECOND_PRODUCT_AFTER_MONTHS
        wait = rng.integers(low, high + 1, len(second))
        chains = Chains(
            rng,
            self.first_month,
            account=np.concatenate([np.arange(self.accounts), second]),
            product=np.concatenate([self.profile, INFRA + TOOL - self.profile[second]]),
            first=np.concatenate([self.account_start, self.account_start[second] + wait]),
            mrr=np.concatenate([self.first_mrr, self.first_mrr[second] * rates.SECOND_PRODUCT_MRR_FACTOR]),
        )
        last_day = int((self.end_date - self.end_date.astype("M8[M]").astype("M8[D]")).astype(int)) + 1
        newest = chains.first == self.months - 1
        chains.anchor[newest] = np.minimum(chains.anchor[newest], last_day)
        return chains

    def _play(self, month):
        self._move_levels(month)
        self._end_terms(month)
        self._start(month)
        self._sell_within_terms(month)
        chains = self.chains
        self.to_day[month, chains.state == RUNNING] = 31
        self.seats[month] = np.where(self.to_day[month] > 0, chains.seats + chains.extra_seats, 0)

    def _move_levels(self, month):
        """One Markov step of every account that has started; the chances depend on its phase."""
        starting, started = self.account_start == month, self.account_start < month
        draw, phase = self.rng.random(self.accounts), self.phase(month)
        level = self.levels[month - 1].astype(int)
        level += draw < np.take(rates.LEVEL_UP_MONTHLY, phase)
        level -= draw > 1 - np.take(rates.LEVEL_DOWN_MONTHLY, phase)
        self.levels[month, started] = level.clip(0, 5)[started]
        self.levels[month, starting] = draw[starting] < rates.START_AT_LEVEL_1_SHARE

    def _end_terms(self, month):
        """Draw what the end of each term brings, by last month's level, and act on it."""
        chains = self.chains
        due = np.flatnonzero((chains.state == RUNNING) & (chains.term_end == month))
        level, before = self.levels[month - 1, chains.account[due]], chains.mrr[due] + chains.extra_mrr[due]
        outcome = self._outcome(level, chains.term[due])
        kept, delay = outcome != LOST, self._delay(chains.term[due], outcome)
        more, less = (self.rng.uniform(*size, len(due)) for size in (rates.EXPANSION_SIZE, rates.CONTRACTION_SIZE))
        chains.resize(due, 1 + more * (outcome == EXPANSION) - less * (outcome == CONTRACTION))
        cancelled = np.full(len(due), NO_DAY)
        cancelled[~kept] = self._lose(due[~kept], month)
        chains.open_term(due[kept], month, delay[kept], renews=True)
        decisions = {
            "chain": due, "month": np.full(len(due), month), "term_months": chains.term[due], "level": level,
            "outcome": outcome, "delay": delay, "mrr_before": before, "mrr_after": np.where(kept, chains.mrr[due], 0),
            "due": chains.day(month, due), "cancelled": cancelled,
        }
        for name, values in decisions.items():
            self._decisions[name].append(values)

    def _outcome(self, level, term):
        """The rates are per year; a monthly term takes its share of a year's risk, a longer one a year's."""
        year = np.minimum(term, 12) / 12
        lost = 1 - (1 - np.take(rates.CHURN_YEARLY, level)) ** year
        less, more = (np.take(yearly, level) * year for yearly in (rates.CONTRACTION_YEARLY, rates.EXPANSION_YEARLY))
        stays, changes = self.rng.random((2, len(level)))
        outcome = np.where(changes < less, CONTRACTION, np.where(changes > 1 - more, EXPANSION, FLAT))
        return np.where(stays < lost, LOST, outcome)

    def _delay(self, term, outcome):
        """Days between the old end and the start of a late renewal; all of them within a grace of 60 days."""
        low, high = rates.LATE_RENEWAL_DAYS
        late = (self.rng.random(len(term)) < rates.LATE_RENEWAL_SHARE) & (outcome != LOST) & (term >= 12)
        return np.where(late, self.rng.integers(low, high + 1, len(term)), 0)

    def _lose(self, lost, month):
        """End chains; some of them come back after the grace. Returns the day of notice, no day for a silent lapse."""
        chains, rng = self.chains, self.rng
        self.to_day[month, lost] = chains.anchor[lost] - 1
        returns = rng.random(len(lost)) < rates.RETURN_SHARE
        chains.state[lost] = np.where(returns, WAITING, ENDED)
        chains.first[lost] = month + rng.integers(*rates.RETURN_AFTER_MONTHS, len(lost), endpoint=True)
        chains.addon_mrr[lost] = 0
        ahead = rng.integers(*rates.CANCELLATION_NOTICE_DAYS, len(lost), endpoint=True)
        ahead_monthly = rng.integers(*rates.CANCELLATION_NOTICE_DAYS_MONTHLY, len(lost), endpoint=True)
        notice = chains.day(month, lost) - np.where(chains.term[lost] >= 12, ahead, ahead_monthly)
        return np.where(rng.random(len(lost)) < rates.CANCELLATION_SHARE, notice, NO_DAY)

    def _start(self, month):
        """First contracts, and returns after a lapse."""
        chains = self.chains
        who = np.flatnonzero((chains.state == WAITING) & (chains.first == month))
        self.from_day[month, who] = chains.anchor[who] - 1
        chains.open_term(who, month, np.zeros(len(who), int), renews=False)

    def _sell_within_terms(self, month):
        """Seats and add-ons bought in the middle of a long term."""
        chains = self.chains
        open_for = (chains.state == RUNNING) & (chains.term >= 12)
        open_for &= (month - chains.term_start >= 3) & (chains.term_end - month >= 2)
        level = self.levels[month, chains.account].clip(0)
        draw, size = self.rng.random(len(level)), self.rng.uniform(*rates.SEATS_ADDED_SIZE, len(level))
        who = np.flatnonzero(open_for & (draw < np.take(rates.SEATS_ADDED_MONTHLY, level)))
        chains.add_seats(who, month, size[who])
        first_chain = np.arange(len(level)) < self.accounts
        buys = open_for & first_chain & (chains.addon_mrr == 0) & (draw > 1 - np.take(rates.ADDON_MONTHLY, level))
        chains.buy_addon(np.flatnonzero(buys), month)
