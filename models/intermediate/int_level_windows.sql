-- Grain: one row per product profile (`all`: every product), account, product held and year that has matured: the success
-- level it began with and what became of it (L4). Years do not overlap: each starts where the newest matured one did.

with

windows as (

    select * from {{ ref('int_windows') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

newest as (

    select max(window_start_date) as window_start_date from windows

),

-- All starts are month ends, so the same day 12, 24, ... months before is the end of the same month.
years as (

    select
        windows.window_start_date,
        windows.account_id,
        windows.product_id,
        coalesce(units.product_profile, 'default') as product_profile,
        windows.success_level,
        windows.mrr_end = 0 as is_churned,
        windows.mrr_start,
        windows.mrr_end

    from windows
    inner join newest
        on extract(month from windows.window_start_date) = extract(month from newest.window_start_date)
    left join units
        on
            windows.window_start_date = units.as_of_date
            and windows.account_id = units.account_id
            and windows.product_id = units.product_id

),

scopes as (

    select true as is_whole
    union all
    select false as is_whole

),

final as (

    select
        case when scopes.is_whole then 'all' else years.product_profile end as product_profile,
        years.window_start_date,
        years.account_id,
        years.product_id,
        years.success_level,
        years.is_churned,
        years.mrr_start,
        years.mrr_end

    from years
    cross join scopes

)

select * from final
