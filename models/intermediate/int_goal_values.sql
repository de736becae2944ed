{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and goal that was set by then, with its newest measurement by then (S9). A goal without
-- a day it was set is as old as its customer.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

goals as (

    select * from {{ ref('stg_goals') }}

),

goal_actuals as (

    select * from {{ ref('stg_goal_actuals') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

-- A measurement stands until the next one of the goal: there is one a day at most.
measured as (

    select
        goal_id,
        value,
        measured_date,
        coalesce(
            lead(measured_date) over (partition by goal_id order by measured_date), cast('9999-12-31' as date)
        ) as next_measured_date

    from goal_actuals

),

alive as (

    select
        to_build.as_of_date,
        goals.goal_id,
        hierarchy.surviving_account_id as account_id,
        goals.product_id,
        case when goals.scope in ('individual', 'department', 'company') then goals.scope else 'unknown' end as scope,
        goals.metric,
        goals.baseline,
        goals.target,
        goals.due_date,
        measured.value as actual,
        measured.measured_date

    from goals
    inner join hierarchy on goals.account_id = hierarchy.account_id
    inner join to_build on coalesce(goals.set_date, cast('1900-01-01' as date)) <= to_build.as_of_date
    left join measured
        on
            goals.goal_id = measured.goal_id
            and to_build.as_of_date >= measured.measured_date
            and to_build.as_of_date < measured.next_measured_date

),

-- The way gone over the way to go: the same formula for a goal that goes down. Beyond the target it is above 1, and
-- below 0 where things got worse than they were at the outset.
final as (

    select
        as_of_date,
        goal_id,
        account_id,
        product_id,
        scope,
        metric,
        baseline,
        target,
        due_date,
        actual,
        measured_date,
        {{ rate('actual - coalesce(baseline, 0)', 'target - coalesce(baseline, 0)') }} as attainment,
        case
            when target = coalesce(baseline, 0) then 'target_equals_baseline'
            when actual is null then 'not_measured_yet'
        end as null_reason

    from alive

)

select * from final
