-- Grain: one row per touch type (`all`: of any type) and decided renewal cycle with a touch of that type: the day of the
-- first one. However often a customer was touched, it counts once. A touch of a customer is one of all its products.

with

touches as (

    select * from {{ ref('int_account_touches') }}

),

cycles as (

    select * from {{ ref('int_renewal_cycles') }}

),

final as (

    select
        touches.touch_type,
        cycles.account_id,
        cycles.product_id,
        cycles.due_date,
        cycles.is_renewed,
        min(touches.touched_date) as touched_date

    from cycles
    inner join touches
        on
            cycles.account_id = touches.account_id
            and cycles.start_date <= touches.touched_date
            and cycles.due_date > touches.touched_date

    group by 1, 2, 3, 4, 5

)

select * from final
