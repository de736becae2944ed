-- Grain: one row per date the warehouse looks at the world from: every month end of history,
-- the last days one by one, ranges somebody asked for, and the run's own date.

with

calendar as (

    select * from {{ ref('int_calendar') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

backfill_ranges as (

    select * from {{ ref('stg_backfill_ranges') }}

),

run as (

    select {{ as_of_date() }} as as_of_date

),

-- Only a handful of ranges: a semi join on days keeps each day once.
asked_for as (

    select distinct calendar.calendar_date
    from calendar
    inner join backfill_ranges
        on calendar.calendar_date between backfill_ranges.from_date and backfill_ranges.to_date

),

final as (

    select
        calendar.calendar_date as as_of_date,
        calendar.is_month_end,
        calendar.calendar_date = run.as_of_date as is_latest

    from calendar
    cross join run
    cross join policies
    cross join history_start
    left join asked_for on calendar.calendar_date = asked_for.calendar_date

    where
        calendar.calendar_date = run.as_of_date
        or (
            calendar.calendar_date between history_start.start_date and run.as_of_date
            and (
                calendar.is_month_end
                or calendar.calendar_date > {{ plus_days('run.as_of_date', '-1 * policies.daily_history_days') }}
                or asked_for.calendar_date is not null
            )
        )

)

select * from final
