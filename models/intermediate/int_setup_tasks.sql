-- Grain: one row per account as delivered, product and step of its set-up, of known accounts; the steps of merged
-- accounts stand together under the one that survives.

with

tasks as (

    select * from {{ ref('stg_onboarding_tasks') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

-- A step that was completed was started; one of which nobody says that it may be left out is mandatory.
final as (

    select
        hierarchy.surviving_account_id as account_id,
        tasks.account_id as delivered_account_id,
        tasks.product_id,
        tasks.task_key,
        tasks.planned_date,
        coalesce(tasks.started_date, tasks.completed_date) as started_date,
        tasks.completed_date,
        coalesce(tasks.is_mandatory, true) as is_mandatory,
        tasks.done_by

    from tasks
    inner join hierarchy on tasks.account_id = hierarchy.account_id

)

select * from final
