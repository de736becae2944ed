-- Grain: one row per row of int_advisor_windows: how many of its indicator's thresholds it reaches (L5). It lies at or above
-- threshold k when it reaches k or more of them.

with

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

),

cuts as (

    select * from {{ ref('int_advisor_cuts') }}

),

final as (

    select
        advisor_windows.product_profile,
        advisor_windows.metric_key,
        advisor_windows.part,
        advisor_windows.window_start_date,
        advisor_windows.account_id,
        advisor_windows.product_id,
        advisor_windows.is_churned,
        cast(count(cuts.cut_number) as bigint) as cuts_reached

    from advisor_windows
    left join cuts
        on
            advisor_windows.product_profile = cuts.product_profile
            and advisor_windows.metric_key = cuts.metric_key
            and advisor_windows.metric_value >= cuts.cut_value

    group by 1, 2, 3, 4, 5, 6, 7

)

select * from final
