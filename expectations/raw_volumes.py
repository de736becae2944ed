"""Rules about volumes: about as many rows as usual."""

from datetime import date

from expectations.rules import figure
from expectations.sources import Source

REMEMBERED = 7
VOLUME_RULE = "as_many_rows_as_in_the_last_runs"
DO = "Check that the export is complete and was not written twice; if the change is real, nothing has to be done."


def volume_rules(source: Source, as_of: date, has_history: bool) -> list:
    """has_history: whether results of earlier runs are kept in this file. A full delivery is compared as a whole; of
    deliveries that add up the days are, since a late file is small and no fault."""
    if not source.is_full:
        return [week_against_weeks(source, as_of)] if source.day else []
    rules = [
        figure(
            "as_many_rows_as_in_earlier_deliveries",
            "The newest delivery has between half and one and a half times the rows of the ones before it.",
            DO,
            newest_against_earlier(source),
            why="2026-11-22: no list of customers or contracts halves or doubles between two deliveries.",
            unit="rows",
        )
    ]
    if has_history:
        rules.append(
            figure(
                VOLUME_RULE,
                f"There are between half and one and a half times the rows of the last {REMEMBERED} published runs.",
                DO,
                now_against_runs(source),
                why="2026-11-22: the same band where one file is overwritten and no earlier delivery is left.",
                unit="rows",
            )
        )
    return rules


def week_against_weeks(source: Source, as_of: date):
    """Whole weeks, so that weekends weigh the same; nothing to judge where one of the weeks has no row at all."""
    return figure(
        "as_many_rows_as_in_the_weeks_before",
        "The newest seven days have between half and one and a half times the rows of the four weeks before (median).",
        DO,
        f"""with days as (select {source.day} as day from raw.{source.name} where {source.day} <= date '{as_of}'),
            weeks as (
                select (newest.day - days.day) // 7 as weeks_ago, count(*) as all_rows
                from days cross join (select max(day) as day from days) as newest
                where days.day > newest.day - 35
                group by 1
            ),
            compared as (
                select sum(all_rows) filter (where weeks_ago = 0) as newest_rows,
                    case when count(*) = 5 then median(all_rows) filter (where weeks_ago > 0) end as usual
                from weeks
            )
            select cast(newest_rows as double) as figure, {band("usual")} from compared""",
        why="2026-11-22: use changes by a few per cent a week, by a third in holidays; half or double is a lost file.",
        unit="rows",
    )


def newest_against_earlier(source: Source) -> str:
    """SQL: rows of the newest delivery against the median of those before it."""
    return f"""with counted as (
            select delivery, sum(rows_in) as all_rows, row_number() over (order by delivery desc) as newest_first
            from raw.loaded_files
            -- A note says that another file with the same content holds the rows.
            where source = '{source.name}' and status = 'loaded' and note is null group by delivery
        ),
        earlier as (
            select median(all_rows) as usual from counted where newest_first between 2 and {REMEMBERED + 1}
        )
        select cast(sum(counted.all_rows) as double) as figure, {band("max(earlier.usual)")}
        from counted left join earlier on true where counted.newest_first = 1"""


def now_against_runs(source: Source) -> str:
    """SQL: rows that count now against what this very rule saw in the last published runs."""
    return f"""with seen as (
            select cast(split_part(checks.observed, ' ', 1) as double) as all_rows
            from quality.check_result as checks
            inner join quality.run as runs on checks.run_id = runs.run_id
            where checks.layer = 'raw' and checks.table_name = '{source.name}' and checks.check_name = '{VOLUME_RULE}'
                and checks.status in ('passed', 'warned') and runs.status = 'published'
            order by runs.started_at desc limit {REMEMBERED}
        )
        select cast(count(*) as double) as figure, {band("(select median(all_rows) from seen)")}
        from raw.{source.name} where _delivery = (select max(_delivery) from raw.{source.name})"""


def band(usual: str) -> str:
    """SQL: the bounds of a figure as columns; NULL, and so no bound, where there is no history yet."""
    return f"0.5 * {usual} as at_least, 1.5 * {usual} as at_most, {usual} as usual_rows"
