{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product held: how far its set-up and its hand-over were on the date.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

setups as (

    select * from {{ ref('int_setups') }}

),

setup_steps as (

    select * from {{ ref('int_setup_steps') }}

),

sources as (

    select
        count(case when has_tasks_source then 1 end) > 0 as has_tasks_source,
        count(case when has_handovers_source then 1 end) > 0 as has_handovers_source

    from setups

),

-- A delivery project starts with its kick-off and is complete when delivered; otherwise the steps say it.
dated as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        units.first_paid_date,
        units.setup_kind = 'project' as is_project,
        case when units.setup_kind = 'project' then sources.has_handovers_source else sources.has_tasks_source end
            as has_setup_source,
        sources.has_handovers_source,
        coalesce(setups.has_handover, false) as has_handover,
        coalesce(setups.handed_over_date <= units.as_of_date, false) as is_handed_over,
        coalesce(setups.is_goal_filled and setups.is_info_complete, false) as is_handover_complete,
        coalesce(setups.csm_assigned_date <= units.first_paid_date, false) as is_csm_assigned_before_start,
        case
            when units.setup_kind <> 'project' then setups.steps_started_date
            else least(
                coalesce(setups.kickoff_date, setups.delivery_date), coalesce(setups.delivery_date, setups.kickoff_date)
            )
        end as started_date,
        case when units.setup_kind <> 'project' then setups.steps_completed_date else setups.delivery_date end
            as completed_date,
        case when units.setup_kind = 'project' then setups.kickoff_planned_date <= units.as_of_date end as is_kickoff_due,
        setups.kickoff_date <= setups.kickoff_planned_date as is_kickoff_on_time,
        case when units.setup_kind = 'project' then setups.delivery_planned_date <= units.as_of_date end
            as is_delivery_due,
        setups.delivery_date <= setups.delivery_planned_date as is_delivery_on_time

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    cross join sources
    left join setups on units.account_id = setups.account_id and units.product_id = setups.product_id

    where units.product_id <> 'all' and units.setup_kind <> 'none'

),

final as (

    select
        dated.as_of_date,
        dated.account_id,
        dated.product_id,
        dated.first_paid_date,
        dated.is_project,
        dated.has_setup_source,
        case when dated.is_project then dated.has_handover else setup_steps.steps > 0 end as is_listed,
        coalesce(dated.started_date <= dated.as_of_date, false) as is_started,
        coalesce(dated.completed_date <= dated.as_of_date, false) as is_completed,
        case
            when dated.completed_date <= dated.as_of_date
                then cast({{ days_between('dated.first_paid_date', 'dated.completed_date') }} as int)
        end as completion_days,
        case when dated.is_delivery_due then 1 else coalesce(setup_steps.steps_due, 0) end as due,
        case
            when dated.is_delivery_due and dated.is_delivery_on_time then 1 else coalesce(setup_steps.steps_on_time, 0)
        end as done_on_time,
        coalesce(dated.is_kickoff_due, false) as is_kickoff_due,
        coalesce(dated.is_kickoff_due and dated.is_kickoff_on_time, false) as is_kickoff_on_time,
        coalesce(setup_steps.mandatory_steps, 0) as mandatory_steps,
        coalesce(setup_steps.mandatory_steps_done, 0) as mandatory_steps_done,
        coalesce(setup_steps.steps_done, 0) as steps_done,
        coalesce(setup_steps.steps_done_by_somebody, 0) as steps_done_by_somebody,
        coalesce(setup_steps.steps_done_by_customer, 0) as steps_done_by_customer,
        dated.has_handovers_source,
        dated.has_handover,
        dated.is_handed_over,
        dated.is_handover_complete,
        dated.is_csm_assigned_before_start

    from dated
    left join setup_steps
        on
            dated.as_of_date = setup_steps.as_of_date
            and dated.account_id = setup_steps.account_id
            and dated.product_id = setup_steps.product_id

)

select * from final
