"""The made-up company's contracts: what is signed, at what price, until when.

What belongs here: the state of every *chain* (an account × product with all its renewals) and the contract lines it
leaves behind, as numpy arrays. Whether a term is renewed is decided in sample_world.py. Months are counted from 0, the
first month of the sample; amounts are JPY per month.
"""

from collections import defaultdict

import numpy as np

from orchestration import sample_rates as rates

INFRA, TOOL, ADDON = 0, 1, 2
WAITING, RUNNING, ENDED = range(3)


class Chains:
    """One entry per chain in every array: the first chain of each account, then the second products.

    After the simulation `lines()` gives the contract lines: line, chain, product, begin and end_month (nominal),
    amount, list_amount, seats, start, end, signed (dates), previous and group (line numbers, -1 for none).
    """

    def __init__(self, rng, first_month, account, product, first, mrr):
        self.rng, self.first_month = rng, first_month
        self.account, self.product, self.first, self.mrr = account, product, first, np.maximum(1000, hundreds(mrr))
        price = np.where(product == INFRA, rates.SEAT_PRICE_INFRA, rates.SEAT_PRICE_TOOL)
        self.seats = np.maximum(2, np.rint(self.mrr / price)).astype(np.int64)
        chains = len(account)
        self.term = rng.choice(rates.TERM_MONTHS, chains, p=rates.TERM_SHARES)
        self.anchor = np.where(rng.random(chains) < rates.FIRST_OF_MONTH_SHARE, 1, rng.integers(1, 29, chains))
        self.state = np.full(chains, WAITING)
        zeros = (np.zeros(chains, np.int64) for _ in range(5))
        self.extra_mrr, self.extra_seats, self.addon_mrr, self.term_start, self.term_end = zeros
        self.last_line, self.last_addon = np.full(chains, -1), np.full(chains, -1)
        self._book, self._line_count = defaultdict(list), 0

    def lines(self) -> dict[str, np.ndarray]:
        return {name: np.concatenate(parts) for name, parts in self._book.items()}

    def day(self, month, who):
        """The date in month number `month` on which the terms of these chains start and end."""
        return (self.first_month + month).astype("M8[D]") + (self.anchor[who] - 1)

    def open_term(self, who, month, delay, renews):
        """Write the line(s) of a new term: the product, its add-on if any, and price phases for stepped discounts."""
        self.state[who], self.term_start[who], self.term_end[who] = RUNNING, month, month + self.term[who]
        start = self.day(month, who) + delay
        signed = start - self._signed_ahead(who, delay)
        stepped = (self.rng.random(len(who)) < rates.STEP_DISCOUNT_SHARE) & (self.term[who] == 12) & (not renews)
        plain, previous = who[~stepped], self.last_line[who[~stepped]] if renews else -1
        self.last_line[plain] = self._add(plain, self.product[plain], month, self.term_end[plain], self.mrr[plain],
                                          self.seats[plain], start[~stepped], signed[~stepped], previous)
        self._open_price_phases(who[stepped], month, signed[stepped])
        has_addon = self.addon_mrr[who] > 0
        self._add_addon(who[has_addon], month, start[has_addon], signed[has_addon], self.last_addon[who[has_addon]])

    def add_seats(self, who, month, share):
        """Seats bought within a term, at the price of the others; they end with it (co-terming)."""
        seats = np.maximum(1, np.rint(self.seats[who] * share)).astype(np.int64)
        amount = np.maximum(100, hundreds(self.mrr[who] / self.seats[who] * seats))
        start = self.day(month, who)
        signed = start - self.rng.integers(0, 21, len(who))
        self._add(who, self.product[who], month, self.term_end[who], amount, seats, start, signed)
        self.extra_mrr[who] += amount
        self.extra_seats[who] += seats

    def buy_addon(self, who, month):
        """An add-on bought within a term; it ends with the term and is renewed with it."""
        self.addon_mrr[who] = np.maximum(100, hundreds(self.mrr[who] * rates.ADDON_MRR_FACTOR))
        start = self.day(month, who)
        self._add_addon(who, month, start, start - self.rng.integers(0, 21, len(who)), -1)

    def resize(self, who, factor):
        """The price and seats of the next term: seats added within the last one are merged in first."""
        self.mrr[who] = np.maximum(1000, hundreds((self.mrr[who] + self.extra_mrr[who]) * factor))
        self.seats[who] = np.maximum(1, np.rint((self.seats[who] + self.extra_seats[who]) * factor))
        self.extra_mrr[who] = self.extra_seats[who] = 0

    def _signed_ahead(self, who, delay):
        """Days from signature to start: weeks for a term of a year or more, days for monthly ones and late renewals."""
        low, high = rates.SIGNED_BEFORE_DAYS
        weeks, days = self.rng.integers(low, high + 1, len(who)), self.rng.integers(0, 4, len(who))
        return np.where((self.term[who] >= 12) & (delay == 0), weeks, days)

    def _open_price_phases(self, who, month, signed):
        """Free first, then a discount, then the list price: three lines of one contract group."""
        discounted = rates.STEP_FREE_MONTHS + rates.STEP_DISCOUNT_MONTHS
        borders, group = (0, rates.STEP_FREE_MONTHS, discounted, 12), self._line_count + np.arange(len(who))
        for begin, end, share in zip(borders, borders[1:], (0, 1 - rates.STEP_DISCOUNT, 1), strict=False):
            self.last_line[who] = self._add(
                who, self.product[who], month + begin, month + end, hundreds(self.mrr[who] * share), self.seats[who],
                self.day(month + begin, who), signed, group=group, list_amount=self.mrr[who],
            )

    def _add_addon(self, who, month, start, signed, previous):
        end, amount = self.term_end[who], self.addon_mrr[who]
        self.last_addon[who] = self._add(who, ADDON, month, end, amount, 0, start, signed, previous)

    def _add(self, who, product, begin, end, amount, seats, start, signed, previous=-1, group=-1, list_amount=None):
        """Append one line per chain in `who`; returns the new line numbers."""
        ids = self._line_count + np.arange(len(who))
        self._line_count += len(who)
        columns = {
            "line": ids, "chain": who, "product": product, "begin": begin, "end_month": end, "amount": amount,
            "list_amount": amount if list_amount is None else list_amount, "seats": seats, "start": start,
            "end": self.day(end, who), "signed": signed, "previous": previous, "group": group,
        }
        for name, values in columns.items():
            self._book[name].append(np.broadcast_to(values, len(who)).copy())
        return ids


def hundreds(amount) -> np.ndarray:
    """Yen rounded to whole hundreds."""
    return (np.rint(np.asarray(amount) / 100) * 100).astype(np.int64)
