-- Grain: one row per customer and month in which somebody was in touch with it, up to the newest as-of date (A3).

with

touches as (

    select * from {{ ref('int_account_touches') }}

    where touch_type = 'all'

),

final as (

    select
        account_id,
        cast(date_trunc('month', touched_date) as date) as month,
        cast(sum(touches) as bigint) as touches,
        cast(sum(touch_minutes) as bigint) as touch_minutes,
        max(touched_date) as last_touch_date

    from touches

    group by 1, 2

)

select * from final
