"""Random companies for the property tests: a few customers and their contract lines, with everything contracts do in
real books: overlaps, additions that end together, late renewals around the grace, free periods, early cancellations,
lines signed long before they start, price by month or by term, in yen or in dollars, with a history that may begin in
the middle. Beside them: what the domain page says they pay."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st

DAY = datetime.timedelta(days=1)
FOREVER = datetime.date(9999, 12, 31)
DELIVERED = {"_delivery": "1", "_source_file": "book.csv"}
# What one line may be, as the column it comes in by; None: the column is left empty.
SHAPES = {
    "months": [1, 1, 3, 6, 12, 12, 12, 24, None],
    # Days between two lines of a product, and how many graces on top: on time, overlapping, around the grace, late.
    "gap": [(0, 0), (0, 0), (0, 0), (0, -400), (0, -45), (1, -1), (1, 0), (1, 0), (1, 1), (0, 150), (0, 150)],
    "price": [0, 100, 100, 130, 130, 999, 1000, 12_000_000_001],
    "is_total": [False, False, True],
    "keeps_price": [True, False],
    "cancelled_after": [None, None, None, 0, 10, 200],
    "cut_short_by": [None, 1, -10],  # days from the cancellation to the end; the news may come after it
    "signed_before": [None, None, 0, 40, 300, -20],
    "meaning": ["committed_term", "committed_term", "committed_term", "actual_end"],
    "tells_term": [True, False],
    "quantity": [None, 5, 10],
    "is_addition": [False, False, False, True],
    "currency": ["JPY", "JPY", "USD"],
}
RATES = [Decimal(rate) for rate in ("150.25", "149.9999999999", "151", "0.3")]  # yen for a dollar
POLICIES = [(60, 0), (0, 0), (60, 60), (30, 30), (10, 40)]


@dataclass(frozen=True)
class Company:
    """One company's book as of a day, under one grace (long terms, short terms)."""

    as_of: datetime.date
    grace: tuple[int, int]
    accounts: list[str]
    lines: list[dict]
    rates: list[dict]
    history_starts_on: datetime.date | None
    merged: dict[str, str] = field(default_factory=dict)  # account → the one that stands for it today

    @property
    def policies(self) -> dict[str, object]:
        return {
            "renewal_grace_days": self.grace[0],
            "renewal_grace_days_short_term": self.grace[1],
            "reporting_currency": "JPY",
            "history_starts_on": self.history_starts_on,
        }

    @property
    def raw(self) -> dict[str, list[dict]]:
        """Rows of three raw tables. Each account is a segment, so that every rate is also its own."""
        accounts = [
            {
                "account_id": name,
                "account_name": name,
                "segment": name,
                "merged_into_account_id": self.merged.get(name),
            }
            for name in [*self.accounts, *self.merged]
        ]
        return {
            table: [{**row, "_row_number": number, **DELIVERED} for number, row in enumerate(rows)]
            for table, rows in {"accounts": accounts, "contracts": self.lines, "fx_rates": self.rates}.items()
        }


@st.composite
def companies(draw: st.DrawFn) -> Company:
    grace = draw(st.sampled_from(POLICIES))
    lines: list[dict] = []
    accounts = ["a1", "a2", "a3"][: draw(st.integers(1, 3))]
    for account in accounts:
        for product in ("crm", "mail")[: draw(st.integers(1, 2))]:
            start = datetime.date(2022, 11, 30) + draw(st.integers(0, 900)) * DAY
            if draw(st.booleans()):
                start = start.replace(day=1) - draw(st.integers(0, 1)) * DAY  # the first, or a month end
            _add_lines(draw, lines, account, product, start, grace[0])
    # From before the first contract on, and a new one every few months.
    days = sorted({0, *draw(st.lists(st.integers(300, 1500), max_size=4))})
    rates = [
        {"currency": "USD", "rate_date": datetime.date(2022, 1, 1) + day * DAY, "rate": draw(st.sampled_from(RATES))}
        for day in days
    ]
    as_of = _as_of(draw, lines, grace[0])
    starts_on = draw(st.sampled_from([None, None, None, as_of - draw(st.integers(0, 800)) * DAY]))
    return Company(as_of, grace, accounts, lines, rates, starts_on)


def _as_of(draw: st.DrawFn, lines: list[dict], grace: int) -> datetime.date:
    """Any day, a month end, or a day on which something becomes known or a grace runs out, one before or after."""
    any_day = datetime.date(2024, 1, 1) + draw(st.integers(0, 800)) * DAY
    line = draw(st.sampled_from([lines[-1], lines[-1], *lines]))  # after the last nothing renews what ended
    date = line[draw(st.sampled_from(["end_date_exclusive", "end_date_exclusive", "cancelled_date", "signed_date"]))]
    border = (date or any_day) + draw(st.sampled_from([-1, 0, 1, grace - 1, grace, grace // 2])) * DAY
    return draw(st.sampled_from([any_day, any_day.replace(day=1) - DAY, border, border]))


def _add_lines(
    draw: st.DrawFn, lines: list[dict], account: str, product: str, start: datetime.date, grace: int
) -> None:
    """A product's lines: each follows the one before at a distance, or is added to it and ends with it."""
    before: dict = {}
    for _ in range(draw(st.integers(1, 4))):
        shape = {key: draw(st.sampled_from(values)) for key, values in SHAPES.items()}
        if before and shape["keeps_price"]:
            shape |= {"price": price_per_month(before), "is_total": False, "currency": before["currency"]}
        line = {"contract_id": f"c{len(lines)}", "account_id": account, "product_id": product}
        until = before.get("end_date_exclusive") if shape["is_addition"] else None
        if until:
            middle = before["start_date"] + (until - before["start_date"]) // 2
            before = line | terms(middle, until, None, shape)
        else:
            months = shape["months"]
            before = line | terms(start, plus_months(start, months) if months else None, months, shape)
        # It renews the line before, if need be one of the account's other product.
        is_renewal = shape["gap"] == (0, 0) and lines and lines[-1]["account_id"] == account
        before["renewal_of"] = lines[-1]["contract_id"] if is_renewal else None
        lines.append(before)
        distance = shape["gap"][0] * grace + shape["gap"][1]
        start = max(start, (before["end_date_exclusive"] or start + 100 * DAY) + distance * DAY)


def terms(start: datetime.date, end: datetime.date | None, months: int | None, shape: dict) -> dict:
    """Dates and price of a line of so many months (None: it only has dates, or no end at all)."""
    cancelled = start + shape["cancelled_after"] * DAY if shape["cancelled_after"] is not None and end else None
    if cancelled and shape["cut_short_by"]:
        end = max(start + DAY, min(end, cancelled + shape["cut_short_by"] * DAY))
    is_total = bool(months and shape["is_total"])
    return {
        "start_date": start,
        "end_date_exclusive": end,
        "end_date_meaning": shape["meaning"],
        "currency": shape["currency"],
        "monthly_amount": None if is_total else shape["price"],
        "total_amount": shape["price"] if is_total else None,
        "term_months": months if is_total or shape["tells_term"] else None,
        "quantity": shape["quantity"],
        "cancelled_date": cancelled,
        "signed_date": None if shape["signed_before"] is None else start - shape["signed_before"] * DAY,
    }


def plus_months(day: datetime.date, months: int) -> datetime.date:
    """The same day months later, clamped to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (datetime.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY).day
    return datetime.date(year, month + 1, min(day.day, last))


def exact_price(line: dict) -> Fraction:
    """R1: the monthly amount, or the total over its months, minor units of its own currency."""
    if line["monthly_amount"] is not None:
        return Fraction(line["monthly_amount"])
    return Fraction(line["total_amount"], line["term_months"])


def half_away(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))  # amounts are not negative


def price_per_month(line: dict) -> int:
    return half_away(exact_price(line))


def in_yen(line: dict, rates: list[dict], day: datetime.date) -> int:
    """The price per month at the rate of a day, rounded once."""
    if line["currency"] == "JPY":
        return price_per_month(line)
    newest = [rate["rate"] for rate in rates if rate["rate_date"] <= day][-1]
    return half_away(exact_price(line) * Fraction(newest) / 100)


def known_from(line: dict) -> datetime.date:
    return line["signed_date"] or line["start_date"]


def as_known(line: dict, as_of: datetime.date) -> dict:
    """The line without what nobody knew on that day: its cancellation, and the end that came with it (§0)."""
    cancelled, end, months = line["cancelled_date"], line["end_date_exclusive"], line["term_months"]
    known = {**line, "cancelled_date": cancelled if cancelled and cancelled <= as_of else None}
    if line["end_date_meaning"] == "actual_end":
        return known if end and (cancelled or end) <= as_of else {**known, "end_date_exclusive": None}
    full_term = plus_months(line["start_date"], months) if months else None
    if known["cancelled_date"] is None and cancelled and full_term and end and end < full_term:
        known["end_date_exclusive"] = full_term
    return known


def grace_days(line: dict, grace: tuple[int, int]) -> int:
    """The long grace for terms of 6 months and longer, and where the term is not known."""
    months = line["term_months"]
    if months is None and line["end_date_exclusive"] and line["end_date_meaning"] != "actual_end":
        months = round((line["end_date_exclusive"] - line["start_date"]).days / 30.4375)
    return grace[1] if months is not None and months < 6 else grace[0]


def mrr_by_hand(company: Company, lines: list[dict], day: datetime.date) -> tuple[int, int]:
    """R2 and R3 for the lines of one account and product: MRR on a day, and how much of it is in grace."""
    known = [
        (as_known(line, company.as_of), grace_days(line, company.grace))
        for line in lines
        if known_from(line) <= company.as_of
    ]
    ends = [line["end_date_exclusive"] or FOREVER for line, _ in known]
    active = [line for (line, _), end in zip(known, ends, strict=True) if line["start_date"] <= day < end]
    over = [end for end in ends if end <= day]
    if active or not over:
        return sum(in_yen(line, company.rates, day) for line in active), 0
    ended = max(over)
    starts_again = min((line["start_date"] for line, _ in known if line["start_date"] > day), default=None)
    kept = in_grace = 0
    for line, days in known:
        if line["end_date_exclusive"] == ended:
            if starts_again:
                kept += in_yen(line, company.rates, day) if (starts_again - ended).days <= days else 0
            elif not line["cancelled_date"] and not is_replaced(line, company) and (company.as_of - ended).days < days:
                in_grace += in_yen(line, company.rates, day)
    return kept + in_grace, in_grace


def is_replaced(line: dict, company: Company) -> bool:
    """By a paid line of another product that renews it, has begun, is known of, and was then to run longer."""
    for other in company.lines:
        since = max(other["start_date"], known_from(other))
        if (
            other["renewal_of"] == line["contract_id"]
            and other["product_id"] != line["product_id"]
            and since <= company.as_of
            and exact_price(other) > 0
            and (as_known(other, since)["end_date_exclusive"] or FOREVER) > line["end_date_exclusive"]
        ):
            return True
    return False


def split_line(line: dict, grace: tuple[int, int]) -> list[dict]:
    """The same line as two that follow each other, the second a renewal of the first; left as it is where the second
    could not have the term, and with it the grace and the full term, of the whole, or its price, which is not rounded
    before it is converted."""
    start, end, months = line["start_date"], line["end_date_exclusive"], line["term_months"]
    middle, rest = plus_months(start, (months or 2) // 2), months
    is_committed = line["end_date_meaning"] == "committed_term"
    if line["cancelled_date"] and is_committed:
        if grace[0] != grace[1] or (months and start.day > 28):
            return [line]
        rest = months and months - months // 2
    elif is_committed and end and not months:
        rest = 1 if grace_days(line, grace) == grace[1] else 12
    if not start < middle < (end or FOREVER) or (line["currency"] != "JPY" and line["total_amount"] is not None):
        return [line]
    one_price = {**line, "monthly_amount": price_per_month(line), "total_amount": None}
    renewed = {"contract_id": line["contract_id"] + " renewed", "renewal_of": line["contract_id"]}
    return [
        {**one_price, "end_date_exclusive": middle, "cancelled_date": None, "term_months": rest},
        {**one_price, **renewed, "start_date": middle, "term_months": rest},
    ]
