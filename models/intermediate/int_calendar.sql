-- Grain: one row per calendar day of the years contracts can lie in.

with

days as (

    {{ dbt.date_spine('day', "cast('1990-01-01' as date)", "cast('2101-01-01' as date)") }}

),

final as (

    select
        cast(date_day as date) as calendar_date,
        cast(date_trunc('month', date_day) as date) as month,
        cast(date_day as date) = last_day(cast(date_day as date)) as is_month_end

    from days

)

select * from final
