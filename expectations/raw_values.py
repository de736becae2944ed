"""Rules about what the raw rows say: days, contract dates, the currency, the hours of the log-ins."""

from datetime import date

import great_expectations.expectations as gxe

from expectations.raw_files import FEW_ROWS, files_that_matter
from expectations.rules import BLOCKING, WARNING, built_in, figure
from expectations.sources import Source

FIRST_SANE_DAY, LAST_SANE_DAY = date(1990, 1, 1), date(2100, 12, 31)


def day_rules(source: Source, as_of: date) -> list:
    """Only of sources whose rows happen on a day. Nothing is said about days after the as-of date: a past day may be
    rebuilt from files that go further, and every model cuts them off. A day after its own load, though, is impossible.
    """
    if not source.day:
        return []
    rules = [newest_day_is_fresh(source, as_of)] if source.freshness_days is not None else []
    # A contract may well be loaded before it starts; an event cannot be loaded before it happens.
    return rules if source.is_full else [*rules, *load_date_rules(source)]


def newest_day_is_fresh(source: Source, as_of: date):
    days = source.freshness_days
    return figure(
        "newest_day_is_fresh",
        f"The newest day of {source.name} is at most {days} days before the as-of date.",
        "Ask why no newer export has arrived; the marts are as old as it is.",
        f"""select cast(date '{as_of}' - max({source.day}) as double) as figure, max({source.day}) as newest_day
            from raw.{source.name} where {source.day} <= date '{as_of}'""",
        why="2026-11-22: freshness_days of the declaration, how often this export usually comes.",
        unit="days",
        at_most=days,
    )


def load_date_rules(source: Source) -> list:
    """One day is allowed: a clock or a time zone may be ahead of ours."""
    do = "Look for a wrong clock, time zone or date format (day and month swapped) in the export."
    return [
        figure(
            "no_row_is_dated_after_its_load",
            f"No row of {source.name} is dated after the day on which it was loaded.",
            do,
            worst_share_after_load(source, at_least_rows=0),
            why="2026-11-22: single rows come from wrong clocks; models do not see them before their day has come.",
            at_most=0,
        ),
        figure(
            "most_rows_are_dated_before_their_load",
            f"At most 5 % of the rows of a delivery of {source.name} are dated after the day on which it was loaded "
            f"(judged from {FEW_ROWS} such rows on).",
            do,
            worst_share_after_load(source, at_least_rows=FEW_ROWS),
            why="2026-11-22: more than wrong clocks: swapped day and month puts half of a year's rows ahead.",
            severity=BLOCKING,
            at_most=0.05,
        ),
    ]


def worst_share_after_load(source: Source, at_least_rows: int) -> str:
    """SQL: the delivery with the greatest share of rows dated later than its load (business day in Japan) plus one."""
    is_late = f"{source.day} > cast(_loaded_at + interval 9 hour as date) + 1"
    return f"""select cast(late_rows as double) / all_rows as figure, late_rows as failing_rows, delivery, latest_day
        from (
            select _delivery as delivery, count(*) as all_rows, count(*) filter (where {is_late}) as late_rows,
                max({source.day}) as latest_day
            from raw.{source.name} where _source_file in ({files_that_matter(source)}) group by _delivery
        ) as counted
        where late_rows >= {at_least_rows}
        order by figure desc, delivery desc limit 1"""


def contract_rules() -> list:
    dates = {"start_date": BLOCKING, "end_date_exclusive": WARNING, "signed_date": WARNING}
    return [*(sane(column, severity) for column, severity in dates.items()), rates_for_other_currencies()]


def sane(column: str, severity: str):
    """A start far away stretches every month series or hides revenue; a far end or signature does no harm by itself."""
    return built_in(
        gxe.ExpectColumnValuesToBeBetween,
        f"{column}_is_sane",
        f"Every {column} of a contract lies between {FIRST_SANE_DAY.year} and {LAST_SANE_DAY.year}.",
        "Correct the date in the export; leave the end empty for a contract without end.",
        severity,
        why="2026-11-22: subscriptions are younger than 1990, and nobody signs beyond 2100: years typed wrongly.",
        column=column,
        min_value=FIRST_SANE_DAY,
        max_value=LAST_SANE_DAY,
    )


def rates_for_other_currencies():
    return figure(
        "other_currencies_have_rates",
        "All contracts but those in one currency, the reporting currency, have an exchange rate from their start on.",
        "Deliver fx_rates for the other currencies from before their first contract on, or contracts in one currency.",
        """select cast(count(*) as double) as figure, string_agg(currency, ', ' order by currency) as without_rates
            from (
                select currency, min(start_date) as start_date from raw.contracts
                where _delivery = (select max(_delivery) from raw.contracts) group by currency
            ) as sold_in
            where not exists (
                select 1 from raw.fx_rates as rates
                where rates.currency = sold_in.currency and rates.rate_date <= sold_in.start_date
            )""",
        why="2026-11-22: the reporting currency needs no rate; sums over currencies without one would be wrong.",
        severity=BLOCKING,
        unit="currencies",
        at_most=1,
    )


def login_rules() -> list:
    return [
        figure(
            "few_logins_at_night",
            "At most 30 % of the last four weeks' log-ins are between 0:00 and 5:00 in Japan.",
            "Check timezone in logins.yml: the times were probably written in another zone (UTC is nine hours off).",
            """select cast(count(*) filter (where hour < 5) as double) / nullif(count(*), 0) as figure,
                    count(*) filter (where hour < 5) as failing_rows, count(*) as all_rows
                from (
                    select extract(hour from login_at + interval 9 hour) as hour
                    from raw.logins
                    where login_date > (select max(login_date) from raw.logins) - 28
                        and login_at is not null
                        -- Midnight to the second is a day without a time.
                        and login_at + interval 9 hour <> date_trunc('day', login_at + interval 9 hour)
                ) as timed
                having count(*) >= 20""",
            why="2026-11-22: log-ins spread evenly give 21 %; office hours nine hours off give a third to a half.",
            at_most=0.3,
        )
    ]
