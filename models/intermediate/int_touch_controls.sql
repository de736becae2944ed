-- Grain: one row per touch type, decided renewal cycle and month without a touch of any type in which the cycle had not
-- been touched by that type so far: what the touched are compared with (A2).

with

touches as (

    select * from {{ ref('int_account_touches') }}

),

cycle_months as (

    select * from {{ ref('int_cycle_months') }}

),

first_touches as (

    select * from {{ ref('int_first_touches') }}

),

-- Before the first touch of a type that was recorded of anybody nobody could have one; after the last touch of any, no
-- touch does not mean untouched.
recorded as (

    select
        touch_type,
        min(touched_date) as first_date,
        max(max(touched_date)) over () as newest_date

    from touches

    group by 1

),

touched_months as (

    select distinct
        cycle_months.as_of_date,
        cycle_months.account_id,
        cycle_months.product_id,
        cycle_months.due_date

    from cycle_months
    inner join touches
        on
            cycle_months.account_id = touches.account_id
            and touches.touch_type = 'all'
            and cycle_months.from_date <= touches.touched_date
            and cycle_months.to_date_exclusive > touches.touched_date

),

untouched as (

    select cycle_months.*

    from cycle_months
    left join touched_months
        on
            cycle_months.as_of_date = touched_months.as_of_date
            and cycle_months.account_id = touched_months.account_id
            and cycle_months.product_id = touched_months.product_id
            and cycle_months.due_date = touched_months.due_date

    where touched_months.account_id is null

),

-- Once touched, a cycle is one of the touched for good: it would be compared with its like, and late in it at that.
final as (

    select
        recorded.touch_type,
        untouched.account_id,
        untouched.product_id,
        untouched.due_date,
        untouched.as_of_date

    from untouched
    inner join recorded
        on
            untouched.from_date >= recorded.first_date
            and untouched.to_date_exclusive <= {{ plus_days('recorded.newest_date', 1) }}
    left join first_touches
        on
            recorded.touch_type = first_touches.touch_type
            and untouched.account_id = first_touches.account_id
            and untouched.product_id = first_touches.product_id
            and untouched.due_date = first_touches.due_date

    where first_touches.touched_date is null or first_touches.touched_date >= untouched.from_date

)

select * from final
