-- Grain: one row per customer and month in which somebody was in touch with it, up to the newest as-of date (A3).

with

touches as (

    select * from {{ ref('stg_touches') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

-- A merged account is looked after by whoever looks after the one it became.
final as (

    select
        hierarchy.surviving_account_id as account_id,
        cast(date_trunc('month', touches.touched_date) as date) as month,
        cast(count(*) as bigint) as touches,
        cast(sum(touches.minutes) as bigint) as touch_minutes,
        max(touches.touched_date) as last_touch_date

    from touches
    inner join hierarchy on touches.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and touches.touched_date <= spine.as_of_date

    group by 1, 2

)

select * from final
