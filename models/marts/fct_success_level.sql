{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and customer: its success level, and what holds it there.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

final as (

    select
        account_levels.as_of_date,
        account_levels.account_id,
        account_as_of.product_profile,
        account_levels.success_level,
        account_levels.level_low,
        account_levels.level_high,
        account_levels.capped_by,
        account_levels.blocking_condition,
        account_levels.null_reason

    from account_levels
    inner join to_build on account_levels.as_of_date = to_build.as_of_date
    inner join account_as_of
        on
            account_levels.as_of_date = account_as_of.as_of_date
            and account_levels.account_id = account_as_of.account_id

)

select * from final
