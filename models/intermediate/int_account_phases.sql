{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): the phase whose rule
-- holds, the first by precedence (H0).

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

phases as (

    select * from {{ ref('phases') }}

),

own_profiles as (

    select distinct product_profile from phases

),

-- A profile without phases of its own has the default ones.
units as (

    select
        account_units.as_of_date,
        account_units.account_id,
        account_units.product_id,
        account_units.product_profile,
        coalesce(own_profiles.product_profile, 'default') as phase_profile

    from account_units
    inner join to_build on account_units.as_of_date = to_build.as_of_date
    left join own_profiles on account_units.product_profile = own_profiles.product_profile

),

final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        units.product_profile,
        phases.phase

    from units
    inner join phases on units.phase_profile = phases.product_profile
    inner join account_metrics as entered
        on
            units.as_of_date = entered.as_of_date
            and units.account_id = entered.account_id
            and units.product_id = entered.product_id
            and phases.metric_key = entered.metric_key
            and entered.metric_value >= coalesce(phases.minimum, entered.metric_value)
            and (phases.below_maximum is null or phases.below_maximum > entered.metric_value)
    left join account_metrics as ended
        on
            units.as_of_date = ended.as_of_date
            and units.account_id = ended.account_id
            and units.product_id = ended.product_id
            and phases.exit_metric_key = ended.metric_key

    -- What nobody knows to be over goes on.
    where ended.metric_value is null or ended.metric_value < phases.exit_minimum

    qualify row_number() over (
        partition by units.as_of_date, units.account_id, units.product_id order by phases.precedence
    ) = 1

)

select * from final
