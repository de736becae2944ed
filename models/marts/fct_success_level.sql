{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): its success level, since
-- when, and what holds it there.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

level_conditions as (

    select * from {{ ref('fct_level_condition') }}

),

final as (

    select
        account_levels.as_of_date,
        account_levels.account_id,
        account_levels.product_id,
        account_levels.product_profile,
        account_levels.success_level,
        account_levels.measured_level,
        account_levels.level_low,
        account_levels.level_high,
        account_levels.level_since_date,
        account_levels.days_in_level,
        account_levels.capped_by,
        account_levels.blocking_condition,
        level_conditions.sentence_en as next_step_en,
        level_conditions.sentence_ja as next_step_ja,
        account_levels.conditions_met_out_of_order,
        account_levels.null_reason

    from account_levels
    inner join to_build on account_levels.as_of_date = to_build.as_of_date
    left join level_conditions
        on
            account_levels.as_of_date = level_conditions.as_of_date
            and account_levels.account_id = level_conditions.account_id
            and account_levels.product_id = level_conditions.product_id
            and account_levels.blocking_condition = level_conditions.condition_key

)

select * from final
