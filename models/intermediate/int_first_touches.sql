-- Grain: one row per touch type (`all`: of any type) and decided renewal cycle with a touch of that type: the day of the
-- first one. However often a customer was touched, it counts once. A touch of a customer is one of all its products.

with

touches as (

    select * from {{ ref('int_account_touches') }}

),

cycles as (

    select * from {{ ref('int_renewal_cycles') }}

),

typed as (

    select
        account_id,
        touched_date,
        touch_type

    from touches

    union all

    select
        account_id,
        touched_date,
        'all' as touch_type

    from touches

),

final as (

    select
        typed.touch_type,
        cycles.account_id,
        cycles.product_id,
        cycles.due_date,
        cycles.is_renewed,
        min(typed.touched_date) as touched_date

    from cycles
    inner join typed
        on
            cycles.account_id = typed.account_id
            and cycles.start_date <= typed.touched_date
            and cycles.due_date > typed.touched_date

    group by 1, 2, 3, 4, 5

)

select * from final
