{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and component of the health profile that fits it that day (H1, H2).

with

account_phases as (

    select * from {{ ref('int_account_phases') }}

),

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_metrics as (

    select * from {{ ref('int_account_metrics') }}

),

profiles as (

    select * from {{ ref('health_profiles') }}

),

scoring_segments as (

    select * from {{ ref('int_scoring_segments') }}

),

own_profiles as (

    select distinct product_profile from profiles

),

customers as (

    select
        account_phases.as_of_date,
        account_phases.account_id,
        account_phases.phase,
        coalesce(own_profiles.product_profile, 'default') as product_profile

    from account_phases
    inner join to_build on account_phases.as_of_date = to_build.as_of_date
    left join own_profiles on account_phases.product_profile = own_profiles.product_profile

),

measured as (

    select
        customers.as_of_date,
        customers.account_id,
        customers.product_profile,
        customers.phase,
        profiles.profile_version,
        profiles.component_key,
        profiles.metric_key,
        cast(profiles.weight as double) as weight,
        account_metrics.metric_value,
        account_metrics.null_reason

    from customers
    inner join profiles
        on
            customers.product_profile = profiles.product_profile
            and profiles.phase in ('all', customers.phase)
            and customers.as_of_date >= profiles.valid_from
            and (profiles.valid_to_exclusive is null or customers.as_of_date < profiles.valid_to_exclusive)
    left join account_metrics
        on
            customers.as_of_date = account_metrics.as_of_date
            and customers.account_id = account_metrics.account_id
            and profiles.metric_key = account_metrics.metric_key

),

-- A value below the first point scores like the first, above the last like the last.
final as (

    select
        measured.as_of_date,
        measured.account_id,
        measured.product_profile,
        measured.phase,
        measured.profile_version,
        measured.component_key,
        measured.metric_key,
        measured.metric_value,
        measured.weight,
        measured.null_reason,
        cast({{ nine_decimals("
            case
                when scoring_segments.rule = 'tier' or scoring_segments.to_value is null
                    then scoring_segments.from_score
                else
                    scoring_segments.from_score
                    + (scoring_segments.to_score - scoring_segments.from_score)
                    * (greatest(measured.metric_value, scoring_segments.first_value) - scoring_segments.from_value)
                    / (scoring_segments.to_value - scoring_segments.from_value)
            end
        ") }} as decimal(18, 9)) as score

    from measured
    left join scoring_segments
        on
            measured.component_key = scoring_segments.component_key
            and greatest(measured.metric_value, scoring_segments.first_value) >= scoring_segments.from_value
            and (
                scoring_segments.to_value is null
                or greatest(measured.metric_value, scoring_segments.first_value) < scoring_segments.to_value
            )
            and measured.metric_value is not null

)

select * from final
