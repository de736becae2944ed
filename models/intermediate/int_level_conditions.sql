{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product it holds (`all`: the customer as a whole) and condition of its
-- profile's success levels (L1, L2).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

account_metrics as (

    select * from {{ ref('int_account_metrics') }}

),

conditions as (

    select * from {{ ref('success_level_conditions') }}

),

profiles_with_own_conditions as (

    select distinct product_profile from conditions

),

-- A profile without conditions of its own uses the default ones.
units as (

    select
        account_units.as_of_date,
        account_units.account_id,
        account_units.product_id,
        account_units.product_profile,
        coalesce(profiles_with_own_conditions.product_profile, 'default') as condition_profile

    from account_units
    inner join to_build on account_units.as_of_date = to_build.as_of_date
    left join profiles_with_own_conditions
        on account_units.product_profile = profiles_with_own_conditions.product_profile

),

compared as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        units.product_profile,
        units.condition_profile,
        conditions.success_level,
        conditions.condition_key,
        conditions.metric_key,
        conditions.operator,
        cast(conditions.threshold as double) as threshold,
        account_metrics.metric_value,
        account_metrics.null_reason,
        {{ meets('conditions.operator', 'account_metrics.metric_value', 'conditions.threshold') }} as is_met

    from units
    inner join conditions on units.condition_profile = conditions.product_profile
    left join account_metrics
        on
            units.as_of_date = account_metrics.as_of_date
            and units.account_id = account_metrics.account_id
            and units.product_id = account_metrics.product_id
            and conditions.metric_key = account_metrics.metric_key

),

-- What nobody of the profile can know is no condition: it is skipped and said so.
final as (

    select
        as_of_date,
        account_id,
        product_id,
        product_profile,
        condition_profile,
        success_level,
        condition_key,
        metric_key,
        operator,
        threshold,
        metric_value,
        is_met,
        count(metric_value) over (partition by as_of_date, product_profile, condition_key) = 0 as is_skipped,
        -- How far the value has to move; 0 once met.
        case when is_met then 0.0 else {{ nine_decimals('abs(threshold - metric_value)') }} end as distance,
        null_reason

    from compared

)

select * from final
