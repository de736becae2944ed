{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per row of int_account_units (as-of date, customer, and product or `all`): what the customer reached
-- with the product, and what it says about it in public (S9).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

goal_values as (

    select * from {{ ref('int_goal_values') }}

),

account_advocacy as (

    select * from {{ ref('int_account_advocacy') }}

),

reviews as (

    select * from {{ ref('stg_reviews') }}

),

goals_to_build as (

    select goal_values.*
    from goal_values
    inner join to_build on goal_values.as_of_date = to_build.as_of_date

),

first_review as (

    select min(recorded_date) as recorded_date from reviews

),

-- What anybody had delivered by then.
delivered as (

    select
        to_build.as_of_date,
        count(goals_to_build.goal_id) > 0 as has_goals,
        count(goals_to_build.actual) > 0 as has_actuals,
        coalesce(to_build.as_of_date >= min(first_review.recorded_date), false) as has_reviews

    from to_build
    cross join first_review
    left join goals_to_build on to_build.as_of_date = goals_to_build.as_of_date

    group by 1

),

-- A goal that names no product is one of the account as a whole only.
unit_goals as (

    select
        as_of_date,
        account_id,
        'all' as product_id,
        product_id is not null as has_product,
        attainment,
        null_reason

    from goals_to_build

    union all

    select
        as_of_date,
        account_id,
        product_id,
        true as has_product,
        attainment,
        null_reason

    from goals_to_build

    where product_id is not null

),

-- Attainments have nine decimals: as decimals they add up in any order.
summed as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(count(*) filter (where has_product) as bigint) as product_goals,
        cast(count(attainment) as bigint) as measured,
        cast(count(*) filter (where attainment >= 1) as bigint) as reached,
        cast(sum(cast(attainment as decimal(38, 9))) as double) as total_attainment,
        -- The reason that time can mend comes first: not_measured_yet, before target_equals_baseline.
        min(null_reason) as null_reason

    from unit_goals

    group by 1, 2, 3

),

explained as (

    select
        account_units.as_of_date,
        account_units.account_id,
        account_units.product_id,
        unit_goals.measured,
        unit_goals.reached,
        unit_goals.total_attainment,
        coalesce(account_advocacy.records, 0) as records,
        case
            when not delivered.has_goals then 'no_goals_yet'
            when not delivered.has_actuals then 'no_goal_actuals_yet'
            when all_goals.account_id is null then 'account_not_in_goals'
            when account_units.product_id <> 'all' and all_goals.product_goals = 0 then 'goals_without_product'
            when unit_goals.account_id is null then 'product_not_in_goals'
            when unit_goals.measured = 0 then unit_goals.null_reason
        end as goal_null_reason,
        case
            when account_units.product_id <> 'all' then 'measured_per_account'
            when not delivered.has_reviews then 'no_reviews_yet'
        end as advocacy_null_reason

    from account_units
    inner join delivered on account_units.as_of_date = delivered.as_of_date
    left join summed as all_goals
        on
            account_units.as_of_date = all_goals.as_of_date
            and account_units.account_id = all_goals.account_id
            and all_goals.product_id = 'all'
    left join summed as unit_goals
        on
            account_units.as_of_date = unit_goals.as_of_date
            and account_units.account_id = unit_goals.account_id
            and account_units.product_id = unit_goals.product_id
    left join account_advocacy
        on
            account_units.as_of_date = account_advocacy.as_of_date
            and account_units.account_id = account_advocacy.account_id

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        case when goal_null_reason is null then total_attainment end as goal_attainment_numerator,
        cast(case when goal_null_reason is null then measured end as double) as goal_attainment_denominator,
        goal_null_reason as goal_attainment_null_reason,
        cast(case when goal_null_reason is null then reached end as double) as goals_reached_numerator,
        cast(case when goal_null_reason is null then measured end as double) as goals_reached_denominator,
        goal_null_reason as goals_reached_null_reason,
        cast(case when advocacy_null_reason is null then records end as double) as advocacy_records_12m_numerator,
        cast(case when advocacy_null_reason is null then 1 end as double) as advocacy_records_12m_denominator,
        advocacy_null_reason as advocacy_records_12m_null_reason

    from explained

)

select * from final
