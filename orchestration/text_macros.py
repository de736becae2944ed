"""How text is read: DuckDB macros, one per type, for the connection that loads files."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from orchestration.sources import BUSINESS_TIME_ZONE

BLANKS = " \t\r\n\u00a0\u3000\ufeff"
ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
FULL_WIDTH = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))  # their full-width twins
TRUE = "true t yes y 1 1.0 on はい 有 有り あり ○ 〇 ◯ ✓ する 税込 済"
FALSE = "false f no n 0 0.0 off いいえ 無 無し なし × ✕ しない 税抜 税別 未"
FIRST_YEAR, END_YEAR = 1900, 2200

# Each answers NULL where the text cannot be meant as its type. try_cast alone is too kind: it rounds 9.7 to 10, reads
# 0x10, and takes "2024-4-1xx" for a date, so a quick value stands only when it prints as it was written.
MACROS = {
    "half_width(x)": "case when regexp_matches(x, '[！-～]') then translate(x, {FULL_WIDTH}, {ASCII}) else x end",
    # ASCII with no blank at either end: the cheapest question that most values answer with yes.
    "is_clean(x)": """x >= '!' and strlen(x) = length(x) and not suffix(x, ' ') and not suffix(x, chr(9))
        and not suffix(x, chr(10)) and not suffix(x, chr(13))""",
    "cleaned(x)": "case when is_clean(x) then x else nullif(trim(x, {BLANKS}), '') end",
    # Ids are joined on: １２ and 12 are one account.
    "cleaned_id(x)": "case when is_clean(x) then x else nullif(trim(half_width(x), {BLANKS}), '') end",
    "without_commas(x)": r"""case
        when regexp_full_match(x, '[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?') then replace(x, ',', '') end""",
    "read_bigint(x, quick)": r"""case
        when cast(quick as varchar) = x then quick
        when regexp_full_match(without_commas(half_width(x)), '[+-]?\d+(\.0*)?')
            then try_cast(split_part(without_commas(half_width(x)), '.', 1) as bigint) end""",
    "read_integer(x, quick)": "try_cast(read_bigint(x, quick) as integer)",
    "read_boolean(x)": """case
        when lower(half_width(x)) in ({TRUE}) then true
        when lower(half_width(x)) in ({FALSE}) then false end""",
    # Not a join, which would not keep the rows in the order of the file.
    "digits_of(currency)": "map {{DIGITS}}[currency]",
    "symbols_of(currency)": "map {{SYMBOLS}}[currency]",
    # An amount as plain digits: symbols of its own currency only, so that ¥ in a USD row is noticed.
    "read_amount(x, symbols)": r"""case
        when regexp_full_match(x, '\d+(\.\d+)?') then x
        else without_commas(replace(translate(
            translate(half_width(x), '￥−▲△', '¥---'), symbols, ''), ' ', '')) end""",
    "decimals(amount)": "rtrim(split_part(amount, '.', 2), '0')",
    # Ten decimals at most: a longer number would be rounded, and nobody would know.
    "read_decimal(x)": r"""case
        when length(decimals(without_commas(half_width(x)))) <= 10
            then try_cast(without_commas(half_width(x)) as decimal(28, 10)) end""",
    # Minor units by moving the decimal point in the text: exact, whatever the currency's digits.
    "minor_units(amount, digits)": """case when length(decimals(amount)) <= digits
        then try_cast(split_part(amount, '.', 1) || rpad(decimals(amount), digits, '0') as bigint) end""",
    # 2024年4月1日 → 2024-4-1, 20240401 → 2024-04-01; what follows the day stays behind one space.
    "iso_day_of(x)": r"""case
        when regexp_full_match(x, '\d{8}') then left(x, 4) || '-' || substr(x, 5, 2) || '-' || right(x, 2)
        else rtrim(regexp_replace(x,
            '^(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})(?:日|$|[ T　])[ T　]*', '\1-\2-\3 ')) end""",
    "iso_day(x)": "iso_day_of(upper(half_width(x)))",
    "is_day(x)": r"regexp_full_match(x, '(19|20|21)\d{2}([/-]\d{1,2}){2}')",
    # 9時5分 → 9:5, then seconds where there are none, and no space before the offset. A time without an offset is in
    # the source's zone, which is the session's while its files are loaded.
    "moment(iso)": r"""case when iso between '{FIRST_YEAR}' and '{END_YEAR}' and length(iso) > 10 then try_cast(
        regexp_replace(regexp_replace(rtrim(translate(iso, '時分秒', '::'), ':'),
            ' +(\d{1,2}:\d{1,2})([^:.\d]|$)', ' \1:00\2'), ' +(Z|[+-])', '\1') as timestamptz) end""",
    "midnight(day)": "timezone('{BUSINESS_TIME_ZONE}', cast(day as timestamp))",
    "utc(moment)": "make_timestamp(epoch_us(moment))",  # timezone('UTC', moment), ten times as fast
    "business_day(moment)": "cast({BUSINESS_CLOCK} as date)",
    "quick_date(x)": "try_cast(case when x between '{FIRST_YEAR}' and '{END_YEAR}' then x end as date)",
    "local_time(x)": "{LOCAL_TIME}",
    "quick_timestamp(x)": """case
        when x like '____-__-_____:__:__' and x between '1970' and '2038' and not suffix(x, 'Z') then local_time(x)
        when x between '{FIRST_YEAR}' and '{END_YEAR}' and length(x) > 10 then try_cast(x as timestamptz) end""",
    # `iso` is NULL where the quick value stands.
    "iso_date(x, quick)": "case when cast(quick as varchar) = x or is_day(x) then null else iso_day(x) end",
    "iso_timestamp(x, quick)": "case when quick is not null or is_day(x) then null else iso_day(x) end",
    "read_date(x, quick, iso)": """case
        when iso is null then quick
        when is_day(iso) then try_cast(iso as date)
        else business_day(moment(iso)) end""",
    "read_timestamp(x, quick, iso)": """case
        when quick is not null then quick
        when is_day(coalesce(iso, x)) then midnight(try_cast(coalesce(iso, x) as date))
        else moment(iso) end""",
    # Reasons are published, so a value with words in it (it may be a name or an address) is only described.
    "shown(x)": r"""case
        when x is null then 'blank'
        when length(x) <= 40 and not regexp_matches(x, '[\p{L}@]') or regexp_full_match(x, '[A-Z]{3}') then x
        else 'a text of ' || length(x) || ' characters' end""",
}


def text(value: object) -> str:
    """A SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def prepare(connection: duckdb.DuckDBPyConnection, currencies: Path, zone: str) -> None:
    """Create the macros in this connection, and make `zone` the one of times that are written without an offset.

    `currencies`: CSV of currency, minor_digits, symbols.
    """
    connection.execute(f"set TimeZone = {text(zone)}")
    with currencies.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    values = {
        "BLANKS": text(BLANKS),
        "FULL_WIDTH": text(FULL_WIDTH),
        "ASCII": text(ASCII),
        "TRUE": ", ".join(map(text, TRUE.split())),
        "FALSE": ", ".join(map(text, FALSE.split())),
        "FIRST_YEAR": FIRST_YEAR,
        "END_YEAR": END_YEAR,
        "DIGITS": ", ".join(f"{text(row['currency'])}: {int(row['minor_digits'])}" for row in known),
        "SYMBOLS": ", ".join(f"{text(row['currency'])}: {text(row['symbols'])}" for row in known),
        "BUSINESS_CLOCK": _clock(BUSINESS_TIME_ZONE),
        "LOCAL_TIME": _local_time(zone),
        "BUSINESS_TIME_ZONE": BUSINESS_TIME_ZONE,
    }
    for signature, body in MACROS.items():
        for name, value in values.items():
            body = body.replace("{" + name + "}", str(value))
        connection.execute(f"create or replace temp macro {signature} as {body}")


def _fixed_offset(zone: str) -> int | None:
    """Microseconds east of UTC where they have been the same since 1970 (adding is ten times as fast as a calendar)."""
    days = (datetime(year, month, 1) for year in range(1970, 2038) for month in range(1, 13))
    offsets = {ZoneInfo(zone).utcoffset(day) for day in days}
    return offsets.pop() // timedelta(microseconds=1) if len(offsets) == 1 else None


def _clock(zone: str) -> str:
    """SQL of the wall clock in the zone at a `moment`."""
    offset = _fixed_offset(zone)
    return f"timezone('{zone}', moment)" if offset is None else f"make_timestamp(epoch_us(moment) + {offset})"


def _local_time(zone: str) -> str:
    """SQL of the moment at which the zone's clock shows `x`; the session's zone is the same."""
    offset = _fixed_offset(zone)
    if offset is None:
        return "try_cast(x as timestamptz)"
    return f"make_timestamptz(epoch_us(try_cast(x as timestamp)) - {offset})"
