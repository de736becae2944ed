-- Grain: one row per account and product contracted or handed over: when its set-up began and when it was complete, as
-- the tracker of steps and the list of hand-overs say (S2). What is dated after the newest as-of date has not happened.

with

product_stays as (

    select * from {{ ref('int_product_stays') }}

),

setup_tasks as (

    select * from {{ ref('int_setup_tasks') }}

),

handovers as (

    select * from {{ ref('int_account_handovers') }}

),

setup_kinds as (

    select * from {{ ref('int_setup_kinds') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

-- Complete on the day of the last mandatory step; without any mandatory step there is nothing to complete.
steps as (

    select
        setup_tasks.account_id,
        setup_tasks.product_id,
        cast(count(*) as bigint) as steps,
        min(case when setup_tasks.started_date <= spine.as_of_date then setup_tasks.started_date end)
            as steps_started_date,
        case
            when
                count(case when setup_tasks.is_mandatory then 1 end)
                = count(case when setup_tasks.is_mandatory and setup_tasks.completed_date <= spine.as_of_date then 1 end)
                then max(case when setup_tasks.is_mandatory then setup_tasks.completed_date end)
        end as steps_completed_date

    from setup_tasks
    inner join spine on spine.is_latest

    group by 1, 2

),

-- A source that was never delivered says nothing about anybody.
sources as (

    select
        (select count(*) from setup_tasks) > 0 as has_tasks_source,
        (select count(*) from handovers) > 0 as has_handovers_source

),

-- What is handed over without a contract has no set-up to wait for, but is shown.
keyed as (

    select
        coalesce(product_stays.account_id, handovers.account_id) as account_id,
        coalesce(product_stays.product_id, handovers.product_id) as product_id,
        product_stays.account_id is not null as is_contracted,
        product_stays.first_paid_date,
        product_stays.left_date,
        handovers.account_id is not null as has_handover,
        handovers.handed_over_date,
        handovers.is_goal_filled,
        handovers.is_info_complete,
        handovers.csm_assigned_date,
        handovers.kickoff_planned_date,
        handovers.kickoff_date,
        handovers.delivery_planned_date,
        handovers.delivery_date

    from product_stays
    full join handovers
        on product_stays.account_id = handovers.account_id and product_stays.product_id = handovers.product_id

),

final as (

    select
        keyed.account_id,
        keyed.product_id,
        setup_kinds.product_profile,
        setup_kinds.setup_kind,
        keyed.is_contracted,
        keyed.first_paid_date,
        keyed.left_date,
        sources.has_tasks_source,
        sources.has_handovers_source,
        coalesce(steps.steps, 0) as steps,
        steps.steps_started_date,
        steps.steps_completed_date,
        keyed.has_handover,
        keyed.handed_over_date,
        keyed.is_goal_filled,
        keyed.is_info_complete,
        keyed.csm_assigned_date,
        keyed.kickoff_planned_date,
        keyed.kickoff_date,
        keyed.delivery_planned_date,
        keyed.delivery_date

    from keyed
    cross join sources
    inner join setup_kinds on keyed.product_id = setup_kinds.product_id
    left join steps on keyed.account_id = steps.account_id and keyed.product_id = steps.product_id

)

select * from final
