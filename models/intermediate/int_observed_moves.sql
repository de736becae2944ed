-- Grain: one row per matured year (they do not overlap), account and product with a known level at its start, that rose by
-- one level within the year or stayed on its level: what the year made of its MRR (E4). Where it stood last in the year
-- decides, so that those who left count as well.

with

level_windows as (

    select * from {{ ref('int_level_windows') }}

    where product_profile = 'all' and success_level is not null

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

    where is_month_end

),

last_levels as (

    select
        level_windows.window_start_date,
        level_windows.account_id,
        level_windows.product_id,
        level_windows.success_level as from_level,
        level_windows.mrr_start,
        level_windows.mrr_end,
        account_levels.success_level as last_level

    from level_windows
    inner join account_levels
        on
            level_windows.account_id = account_levels.account_id
            and level_windows.product_id = account_levels.product_id
            and level_windows.window_start_date < account_levels.as_of_date
            and account_levels.as_of_date <= {{ months_before('level_windows.window_start_date', '-12') }}
    inner join spine on account_levels.as_of_date = spine.as_of_date

    where account_levels.success_level is not null

    qualify row_number() over (
        partition by level_windows.window_start_date, level_windows.account_id, level_windows.product_id
        order by account_levels.as_of_date desc
    ) = 1

),

final as (

    select
        window_start_date,
        account_id,
        product_id,
        from_level,
        last_level > from_level as has_risen,
        mrr_start,
        mrr_end

    from last_levels

    where last_level in (from_level, from_level + 1)

)

select * from final
