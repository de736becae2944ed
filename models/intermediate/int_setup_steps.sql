{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product held that is set up step by step: how many steps were due and
-- done on the date. What is completed after it was open on it.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

setup_tasks as (

    select * from {{ ref('int_setup_tasks') }}

),

final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        cast(count(setup_tasks.task_key) as bigint) as steps,
        cast(count(case when setup_tasks.is_mandatory then 1 end) as bigint) as mandatory_steps,
        cast(count(case when setup_tasks.is_mandatory and setup_tasks.completed_date <= units.as_of_date then 1 end) as bigint)
            as mandatory_steps_done,
        cast(count(case when setup_tasks.planned_date <= units.as_of_date then 1 end) as bigint) as steps_due,
        cast(
            count(
                case
                    when
                        setup_tasks.planned_date <= units.as_of_date
                        and setup_tasks.completed_date <= setup_tasks.planned_date
                        then 1
                end
            ) as bigint
        ) as steps_on_time,
        cast(count(case when setup_tasks.completed_date <= units.as_of_date then 1 end) as bigint) as steps_done,
        -- A step of which nobody says who did it is credited neither to the customer nor to customer success.
        cast(count(case when setup_tasks.completed_date <= units.as_of_date and setup_tasks.done_by is not null then 1 end) as bigint)
            as steps_done_by_somebody,
        cast(count(case when setup_tasks.completed_date <= units.as_of_date and setup_tasks.done_by = 'customer' then 1 end) as bigint)
            as steps_done_by_customer

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    left join setup_tasks on units.account_id = setup_tasks.account_id and units.product_id = setup_tasks.product_id

    where units.product_id <> 'all' and units.setup_kind = 'tasks'

    group by 1, 2, 3

)

select * from final
