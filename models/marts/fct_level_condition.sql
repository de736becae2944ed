{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and condition: what stands between an account and its next level.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

level_conditions as (

    select * from {{ ref('int_level_conditions') }}

),

final as (

    select
        level_conditions.as_of_date,
        level_conditions.account_id,
        level_conditions.success_level,
        level_conditions.condition_key,
        level_conditions.metric_key,
        level_conditions.operator,
        level_conditions.threshold,
        level_conditions.metric_value,
        level_conditions.is_met,
        level_conditions.is_skipped,
        level_conditions.distance,
        level_conditions.null_reason

    from level_conditions
    inner join to_build on level_conditions.as_of_date = to_build.as_of_date

)

select * from final
