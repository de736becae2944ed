{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and customer: the phase whose rule holds, the first by precedence (H0).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

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
final as (

    select
        account_as_of.as_of_date,
        account_as_of.account_id,
        account_as_of.product_profile,
        phases.phase

    from account_as_of
    inner join to_build on account_as_of.as_of_date = to_build.as_of_date
    left join own_profiles on account_as_of.product_profile = own_profiles.product_profile
    inner join account_metrics
        on
            account_as_of.as_of_date = account_metrics.as_of_date
            and account_as_of.account_id = account_metrics.account_id
    inner join phases
        on
            coalesce(own_profiles.product_profile, 'default') = phases.product_profile
            and account_metrics.metric_key = phases.metric_key
            and account_metrics.metric_value >= coalesce(phases.minimum, account_metrics.metric_value)
            and (phases.below_maximum is null or account_metrics.metric_value < phases.below_maximum)

    qualify row_number() over (
        partition by account_as_of.as_of_date, account_as_of.account_id order by phases.precedence
    ) = 1

)

select * from final
