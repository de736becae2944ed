"""A made-up company for measuring: even, always the same, and written by DuckDB so that writing costs little.

500 accounts with 20 users each; a day of log-ins has 17 rows an account (8,500 events of about 5,700 user-days), a day
of usage events about 110 (54,800 in all: 20 million a year). User accounts are delivered whole; every month has an
announcement. Usage events are Parquet, everything else CSV: as CSV a year of them would be 1 GB.

Contracts begin two years before the measured day, so that a warehouse with 30 days of log-ins and one with 365 look at
the world from the same as-of dates and hold the same revenue."""

import datetime
from pathlib import Path

import duckdb

ACCOUNTS = 500
USERS = 20  # of an account
# Below, hash(5 * n + 1), hash(5 * n + 2), … are independent draws of a row n; hash(n, 1) and hash(n, 2) are not.
DAY_ROWS = ACCOUNTS * 17
DAY_EVENTS = 54_800
CONTENTS = 40
LAST_DAY = datetime.date(2025, 6, 15)  # of the history; the day measured is the one after it
NEXT_DAY = LAST_DAY + datetime.timedelta(days=1)


def write_company(landing: Path, history_days: int) -> Path:
    """Accounts, contracts, users, contents, announcements, and one file of log-ins and one of usage events a day, up to
    LAST_DAY; returns the landing folder."""
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
    _copy(
        landing / "content_catalog" / "content_catalog.csv",
        f"""select 'F' || i as content_id, 'core' as product_id, 'topic ' || i % 8 as topic,
                date '2023-01-01' + (20 * i)::int as available_from_date, i % 5 = 0 as is_basic
            from range({CONTENTS}) as numbers(i)""",
    )
    _copy(
        landing / "announcement_deliveries" / "announcement_deliveries.csv",
        f"""select 'N' || age as announcement_id, 'A' || i as account_id, 'U' || hash(i, age) % {USERS} as user_id,
                'core' as product_id, delivered_date,
                case when hash(i, age, 1) % 3 > 0 then delivered_date + (hash(i, age) % 5)::int end as read_date
            from range({ACCOUNTS}) as numbers(i) cross join (
                select age, (date '{LAST_DAY}' - to_months(age::int))::date - 5 as delivered_date
                from range(12) as ages(age)
            )""",
    )
    write_users(landing, LAST_DAY)
    for age in range(history_days):
        day = LAST_DAY - datetime.timedelta(days=age)
        write_logins(landing, day, DAY_ROWS)
        write_events(landing, day)
    return landing


def write_users(landing: Path, day: datetime.date) -> Path:
    """All user accounts as of a day. Each day after LAST_DAY one is new and one deactivated."""
    issued, later = ACCOUNTS * USERS, (day - LAST_DAY).days
    path = landing / "users" / f"users_{day}.csv"
    _copy(
        path,
        f"""select 'A' || i % {ACCOUNTS} as account_id, 'U' || i // {ACCOUNTS} as user_id, 'core' as product_id,
                case when i < {issued} then date '2023-06-01' + (hash(i) % 600)::int
                    else date '{LAST_DAY}' + (i - {issued} + 1)::int end as issued_date,
                case when i < {later} then date '{LAST_DAY}' + (i + 1)::int end as deactivated_date
            from range({issued + later}) as numbers(i)""",
    )
    return path


def write_events(landing: Path, day: datetime.date) -> Path:
    """One Parquet file with DAY_EVENTS uses of contents of a day, in office hours."""
    path = landing / "usage_events" / f"usage_events_{day}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        f"""copy (
                select 'A' || (hash(5 * n + 1) % {ACCOUNTS}) as account_id,
                    'U' || (hash(5 * n + 2) % {USERS}) as user_id,
                    timestamp '{day} 08:00:00' + to_seconds((hash(5 * n + 3) % 43200)::int) as occurred_at,
                    'core' as product_id, 'F' || (hash(5 * n + 4) % {CONTENTS}) as content_id
                from range({DAY_EVENTS}) as numbers(n)
            ) to '{path}' (format parquet)"""
    )
    return path


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
        f"""select 'A' || (hash(5 * n + 1) % {ACCOUNTS}) as account_id, 'U' || (hash(5 * n + 2) % {users}) as user_id,
                strftime(timestamp '{day} 08:00:00' + to_seconds((hash(5 * n + 3) % 43200)::int), '%Y-%m-%d %H:%M:%S')
                    as login_at,
                'core' as product_id, 1 + hash(5 * n + 4) % 5 as event_count
            from (select case when i % 100 = 99 then i - 1 else i end as n from range({rows - dirty}) as numbers(i))""",
    )
    broken = ["A1,U1,someday,core,1", f"A1,,{day} 09:00:00,core,1", f"A1,U1,{day} 09:00:00,core,1,more"]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{broken[i % len(broken)]}\n" for i in range(dirty))
    return path


def _copy(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"copy ({query}) to '{path}' (header, delimiter ',')")
