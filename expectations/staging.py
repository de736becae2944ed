"""Gate two, staging: one row per natural key, nothing lost or made up, and accounts that are known."""

from datetime import date

from expectations.raw_files import FEW_ROWS
from expectations.rules import BLOCKING, figure, no_rows
from expectations.sources import Source, declared

# 2026-11-22: a week: every day is looked at on seven mornings; four weeks of usage events cost more than all the rest.
RECENT_DAYS = 7


def suites(warehouse) -> dict[str, list]:
    """stg_<source> -> rules, from the declarations."""
    rules = {}
    for source in declared():
        columns = warehouse.columns.get(f"staging.stg_{source.name}", set())
        key = [column for column in source.natural_key if column in columns] or list(source.natural_key)
        rules[f"stg_{source.name}"] = [
            key_is_unique(source, key, warehouse.as_of),
            *row_count_rules(source, warehouse.as_of),
            *orphan_rules(source, warehouse.as_of),
        ]
    return rules


def recent(source: Source, as_of: date) -> str:
    """SQL condition. Where the day is part of the key, rows of other days cannot collide: the last RECENT_DAYS are
    looked at, so that a day's checks cost the same after years of events (only a literal date reaches the scan)."""
    return f"{source.day} > date '{as_of}' - {RECENT_DAYS}" if source.day in source.natural_key else "true"


def key_is_unique(source: Source, key: list[str], as_of: date):
    shown = ", ".join(column for column in key if column != "user_id")
    return no_rows(
        "key_is_unique",
        f"No two rows of stg_{source.name} have the same {', '.join(key)}.",
        f"Correct how stg_{source.name} chooses the newest row: doubled rows would be counted twice.",
        f"""select {shown}, count(*) as copies from staging.stg_{source.name}
            where {recent(source, as_of)} group by {", ".join(key)} having count(*) > 1""",
    )


def row_count_rules(source: Source, as_of: date) -> list:
    of_newest = f"and _delivery = (select max(_delivery) from raw.{source.name})" if source.is_full else ""
    counts = f"""(
        select
            (select count(*) from raw.{source.name} where {recent(source, as_of)} {of_newest}) as raw_rows,
            (select count(*) from staging.stg_{source.name} where {recent(source, as_of)}) as staging_rows
        ) as counted"""
    return [
        figure(
            "rows_come_from_raw",
            f"stg_{source.name} has rows when raw.{source.name} has, and never more than it.",
            f"Correct stg_{source.name}: it loses all rows or multiplies them.",
            f"""select cast(staging_rows as double) as figure, cast(least(raw_rows, 1) as double) as at_least,
                cast(raw_rows as double) as at_most, raw_rows,
                case when staging_rows = 0 then raw_rows else greatest(staging_rows - raw_rows, 0) end as failing_rows
                from {counts}""",
            why="2026-11-22: staging only chooses the newest row per key, so it keeps between one and all rows.",
            severity=BLOCKING,
            unit="rows",
        ),
        figure(
            "few_duplicates",
            f"At most half of the rows of raw.{source.name} are older copies of another row.",
            "Check whether the export repeats history in every file; `delivery: full` may be the right declaration.",
            f"""select greatest(raw_rows - staging_rows, 0) as failing_rows, raw_rows,
                cast(failing_rows as double) / nullif(raw_rows, 0) as figure from {counts}""",
            why="2026-11-22: corrections touch few rows; more copies than rows means overlapping deliveries.",
            at_most=0.5,
        ),
    ]


def orphan_rules(source: Source, as_of: date) -> list:
    """Rows of unknown accounts wait and are left out above staging: a few are late news, most of them a wrong id."""
    if source.name == "accounts" or "account_id" not in source.columns:
        return []
    do = "Check that the accounts export is complete and uses the same ids; rows count once their account arrives."

    def orphan_share(fewest: int) -> str:
        return f"""select cast(orphans as double) / nullif(all_rows, 0) as figure, orphans as failing_rows, all_rows,
                an_unknown_account_id
            from (
                select count(*) as all_rows, count(*) filter (where accounts.account_id is null) as orphans,
                    min(things.account_id) filter (where accounts.account_id is null) as an_unknown_account_id
                from (select account_id from staging.stg_{source.name} where {recent(source, as_of)}) as things
                left join staging.stg_accounts as accounts on things.account_id = accounts.account_id
            ) as joined where orphans >= {fewest}"""

    return [
        figure(
            "few_rows_of_unknown_accounts",
            f"At most 1 % of the rows of stg_{source.name} are of an account that is not in accounts.",
            do,
            orphan_share(0),
            why="2026-11-22: new customers may show up here a day before the accounts export knows them.",
            at_most=0.01,
        ),
        figure(
            "most_accounts_are_known",
            f"At most half of the rows of stg_{source.name} are of an unknown account (judged from {FEW_ROWS} on).",
            do + " What is left would describe another company.",
            orphan_share(FEW_ROWS),
            why="2026-11-22: more than half unknown means two systems with different ids, not late news.",
            severity=BLOCKING,
            at_most=0.5,
        ),
    ]
