"""A made-up company for measuring: even, always the same, and written by DuckDB so that writing costs little.

500 accounts with 20 users each; a day of log-ins has 17 rows an account (8,500 events of about 5,700 user-days).
Contracts begin two years before the measured day, so that a warehouse with 30 days of log-ins and one with 365 look at
the world from the same as-of dates and hold the same revenue."""

import datetime
from pathlib import Path

import duckdb

ACCOUNTS = 500
USERS = 20  # of an account
DAY_ROWS = ACCOUNTS * 17
LAST_DAY = datetime.date(2025, 6, 15)  # of the history; the day measured is the one after it
NEXT_DAY = LAST_DAY + datetime.timedelta(days=1)


def write_company(landing: Path, history_days: int) -> Path:
    """Accounts, contracts and one file of log-ins a day, up to LAST_DAY; returns the landing folder."""
    _copy(
        landing / "accounts" / "accounts.csv",
        f"""select 'A' || i as account_id, 'Company ' || i as account_name,
                ['large', 'middle', 'small'][1 + i % 3] as segment, date '2023-01-01' + (i % 300)::int as created_date
            from range({ACCOUNTS}) as numbers(i)""",
    )
    _copy(
        landing / "contracts" / "contracts.csv",
        f"""select 'C' || i || '-' || year as contract_id, 'A' || i as account_id, 'core' as product_id,
                (date '2023-06-01' + (i % 300)::int + to_years(year::int))::date as start_date,
                (start_date + interval 1 year)::date as end_date,
                50000 + 1000 * (hash(i, year) % 100) as monthly_amount, {USERS} as quantity
            from range({ACCOUNTS}) as numbers(i) cross join range(3) as years(year)
            where hash(i) % 10 >= year""",  # one customer in ten leaves after each year
    )
    for age in range(history_days):
        write_logins(landing, LAST_DAY - datetime.timedelta(days=age), DAY_ROWS)
    return landing


def write_contracts(landing: Path, lines: int) -> Path:
    """Accounts of two products with a renewal every year for five years, at changing prices, each month a twelfth of
    them; one account in ten leaves after each year. Returns the landing folder."""
    accounts = lines // 8  # of ten lines two are missing on average, since accounts leave
    _copy(
        landing / "accounts" / "accounts.csv",
        f"select 'A' || i as account_id, 'Company ' || i as account_name from range({accounts}) as numbers(i)",
    )
    first_month = LAST_DAY.replace(year=LAST_DAY.year - 5, day=1)
    _copy(
        landing / "contracts" / "contracts.csv",
        f"""select 'C' || i || '-' || year || '-' || p as contract_id, 'A' || i as account_id, 'p' || p as product_id,
                (date '{first_month}' + to_months((1 + i % 12 + 12 * year)::int))::date as start_date,
                (start_date + interval 1 year)::date as end_date,
                10000 + 100 * (hash(i, year, p) % 50) as monthly_amount
            from range({accounts}) as numbers(i) cross join range(5) as years(year) cross join range(2) as products(p)
            where hash(i) % 10 >= year
            limit {lines}""",
    )
    return landing


def write_logins(landing: Path, day: datetime.date, rows: int, dirty: int = 0) -> Path:
    """One file with `rows` log-ins of a day in office hours, shaped like those of the sample company: 1 in 100 is there
    twice, and `dirty` of them cannot be read (a day that is none, a missing user, a column too many)."""
    users = USERS * max(1, rows // DAY_ROWS)  # more rows are more users, not the same ones more often
    path = landing / "logins" / f"logins_{day}.csv"
    _copy(
        path,
        f"""select 'A' || (hash(n, 1) % {ACCOUNTS}) as account_id, 'U' || (hash(n, 2) % {users}) as user_id,
                strftime(timestamp '{day} 08:00:00' + to_seconds((hash(n, 3) % 43200)::int), '%Y-%m-%d %H:%M:%S')
                    as login_at,
                'core' as product_id, 1 + hash(n, 4) % 5 as event_count
            from (select case when i % 100 = 99 then i - 1 else i end as n from range({rows - dirty}) as numbers(i))""",
    )
    broken = ["A1,U1,someday,core,1", f"A1,,{day} 09:00:00,core,1", f"A1,U1,{day} 09:00:00,core,1,more"]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{broken[i % len(broken)]}\n" for i in range(dirty))
    return path


def _copy(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"copy ({query}) to '{path}' (header, delimiter ',')")
