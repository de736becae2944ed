-- Grain: one row per goal set by the newest as-of date, with how far it has come (S9).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

goal_values as (

    select * from {{ ref('int_goal_values') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

-- A goal nobody measured is neither reached nor missed, also past its day.
final as (

    select
        goal_values.account_id,
        goal_values.product_id,
        goal_values.goal_id,
        goal_values.scope,
        goal_values.metric,
        goal_values.baseline,
        goal_values.target,
        goal_values.actual,
        goal_values.measured_date,
        goal_values.attainment,
        goal_values.due_date,
        case
            when goal_values.attainment is null then 'not_measured'
            when goal_values.attainment >= 1 then 'reached'
            when goal_values.due_date < goal_values.as_of_date then 'overdue'
            else 'on_way'
        end as status,
        account_as_of.account_id is not null as is_customer,
        goal_values.null_reason,
        goal_values.as_of_date

    from goal_values
    inner join spine on goal_values.as_of_date = spine.as_of_date and spine.is_latest
    left join account_as_of
        on goal_values.account_id = account_as_of.account_id and goal_values.as_of_date = account_as_of.as_of_date

)

select * from final
