-- Grain: one row per scope and whole month of life that somebody has reached: the share that is still there, and how
-- many are at risk.

with

curves as (

    select * from {{ ref('int_survival_curves') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

months as (

    select cast(row_number() over (order by month) - 1 as int) as month_number

    from calendar

    where is_month_end

),

-- Between two lengths the curve stays what it was at the shorter one; before the first it is 1.
stretches as (

    select
        scope_type,
        scope_value,
        duration_days,
        at_risk,
        survival,
        lag(duration_days, 1, -1) over shorter as shorter_duration_days,
        coalesce(lag(survival) over shorter, 1.0) as survival_before

    from curves

    window shorter as (partition by scope_type, scope_value order by duration_days)

),

final as (

    select
        stretches.scope_type,
        stretches.scope_value,
        months.month_number as age_months,
        stretches.at_risk,
        case
            when months.month_number * {{ days_per_month() }} < stretches.duration_days then stretches.survival_before
            else stretches.survival
        end as survival

    from stretches
    inner join months
        on
            months.month_number * {{ days_per_month() }} > stretches.shorter_duration_days
            and months.month_number * {{ days_per_month() }} <= stretches.duration_days

)

select * from final
