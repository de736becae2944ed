-- Grain: one row per month since the first contract, the running one included.

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

    select as_of_date from spine
    where is_latest

),

final as (

    select
        calendar.month,
        calendar.calendar_date as month_end_date,
        calendar.calendar_date <= latest.as_of_date as is_complete,
        {{ plus_days('calendar.calendar_date', 'policies.longest_grace_days') }} <= latest.as_of_date as is_final

    from calendar
    cross join latest
    cross join policies
    inner join history_start on calendar.calendar_date >= history_start.start_date

    where
        calendar.is_month_end
        and calendar.month <= latest.as_of_date

)

select * from final
