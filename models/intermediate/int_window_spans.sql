-- Grain: one row per month end and horizon whose window has matured (L4, H9, E1): it has ended, and the longest grace
-- after it too, so that no late renewal can change what became of it.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

validity_horizons as (

    select * from {{ ref('validity_horizons') }}

),

monthly_horizons as (

    select * from {{ ref('monthly_horizons') }}

),

latest as (

    select as_of_date from spine
    where is_latest

),

-- Expected NRR learns from years, and of monthly contracts from months, whatever other horizons are asked for.
horizons as (

    select horizon_months from validity_horizons

    union distinct

    select horizon_months from monthly_horizons

    union distinct

    select 12 as horizon_months

),

windows as (

    select
        spine.as_of_date as window_start_date,
        horizons.horizon_months,
        {{ months_before('spine.as_of_date', '-1 * horizons.horizon_months') }} as window_end_date

    from spine
    cross join horizons

    where spine.is_month_end

),

dated as (

    select
        windows.window_start_date,
        windows.horizon_months,
        windows.window_end_date,
        {{ plus_days('windows.window_end_date', 'policies.longest_grace_days') }} as matured_date

    from windows
    cross join policies

),

final as (

    select
        dated.window_start_date,
        dated.horizon_months,
        dated.window_end_date,
        dated.matured_date

    from dated
    cross join latest

    where dated.matured_date <= latest.as_of_date

)

select * from final
