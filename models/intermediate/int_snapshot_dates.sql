-- Grain: one row per date on which MRR is read for the undated marts: every month end of history,
-- the as-of date, and the same day 1, 3 and 12 months before it.

with

calendar as (

    select * from {{ ref('int_calendar') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

latest as (

    select
        spine.as_of_date,
        {{ months_before('spine.as_of_date', 1) }} as one_month_before,
        {{ months_before('spine.as_of_date', 3) }} as three_months_before,
        {{ months_before('spine.as_of_date', 12) }} as twelve_months_before

    from spine

    where spine.is_latest

),

final as (

    select
        calendar.calendar_date as snapshot_date,
        calendar.month,
        calendar.is_month_end,
        calendar.calendar_date = latest.as_of_date as is_as_of_date,
        -- Before the grace has passed, a late renewal can still change the month.
        {{ plus_days('calendar.calendar_date', 'policies.longest_grace_days') }} <= latest.as_of_date as is_final

    from calendar
    cross join latest
    cross join policies
    cross join history_start

    where
        calendar.calendar_date between history_start.start_date and latest.as_of_date
        and (
            calendar.is_month_end
            or calendar.calendar_date in (
                latest.as_of_date, latest.one_month_before, latest.three_months_before, latest.twelve_months_before
            )
        )

)

select * from final
