{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product, score, version of its configuration and component (H1, H2). Every
-- version is worked out for every date; is_in_force says which one stood.

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

score_profiles as (

    select * from {{ ref('int_score_profiles') }}

),

scoring_segments as (

    select * from {{ ref('int_scoring_segments') }}

),

measured as (

    select
        account_phases.as_of_date,
        account_phases.account_id,
        account_phases.product_id,
        account_phases.product_profile,
        account_phases.phase,
        score_profiles.score_kind,
        score_profiles.profile_version,
        score_profiles.scored_by,
        account_phases.as_of_date >= score_profiles.valid_from
        and (
            score_profiles.valid_to_exclusive is null
            or account_phases.as_of_date < score_profiles.valid_to_exclusive
        ) as is_in_force,
        score_profiles.component_key,
        score_profiles.metric_key,
        score_profiles.weight,
        score_profiles.time_to_live_days,
        account_metrics.metric_value,
        account_metrics.measured_for,
        account_metrics.null_reason

    from account_phases
    inner join to_build on account_phases.as_of_date = to_build.as_of_date
    inner join score_profiles
        on
            account_phases.product_profile = score_profiles.product_profile
            and account_phases.phase = score_profiles.phase
    left join account_metrics
        on
            account_phases.as_of_date = account_metrics.as_of_date
            and account_phases.account_id = account_metrics.account_id
            and account_phases.product_id = account_metrics.product_id
            and score_profiles.metric_key = account_metrics.metric_key

    -- The customer as a whole is rolled up from its products.
    where account_phases.product_id <> 'all'

),

-- What is not known today may have been known yesterday: the last value stands for as long as the seed lets it live.
remembered as (

    select
        measured.as_of_date,
        measured.account_id,
        measured.product_id,
        measured.score_kind,
        measured.profile_version,
        measured.component_key,
        earlier.metric_value,
        earlier.measured_for,
        earlier.as_of_date as measured_date

    from measured
    inner join account_metrics as earlier
        on
            measured.account_id = earlier.account_id
            and measured.product_id = earlier.product_id
            and measured.metric_key = earlier.metric_key
            and measured.as_of_date > earlier.as_of_date
            and earlier.as_of_date >= {{ plus_days('measured.as_of_date', '-1 * measured.time_to_live_days') }}

    where
        measured.metric_value is null
        and measured.time_to_live_days is not null
        and earlier.metric_value is not null

    qualify row_number() over (
        partition by
            measured.as_of_date, measured.account_id, measured.product_id, measured.score_kind,
            measured.profile_version, measured.component_key
        order by earlier.as_of_date desc
    ) = 1

),

valued as (

    select
        measured.as_of_date,
        measured.account_id,
        measured.product_id,
        measured.product_profile,
        measured.phase,
        measured.score_kind,
        measured.profile_version,
        measured.scored_by,
        measured.is_in_force,
        measured.component_key,
        measured.metric_key,
        measured.weight,
        coalesce(measured.metric_value, remembered.metric_value) as metric_value,
        coalesce(remembered.measured_for, measured.measured_for) as measured_for,
        case
            when measured.metric_value is not null then measured.as_of_date else remembered.measured_date
        end as measured_date,
        case when remembered.metric_value is null then measured.null_reason end as null_reason

    from measured
    left join remembered
        on
            measured.as_of_date = remembered.as_of_date
            and measured.account_id = remembered.account_id
            and measured.product_id = remembered.product_id
            and measured.score_kind = remembered.score_kind
            and measured.profile_version = remembered.profile_version
            and measured.component_key = remembered.component_key

),

-- A value below the first point scores like the first, above the last like the last.
final as (

    select
        valued.as_of_date,
        valued.account_id,
        valued.product_id,
        valued.product_profile,
        valued.phase,
        valued.score_kind,
        valued.profile_version,
        valued.scored_by,
        valued.is_in_force,
        valued.component_key,
        valued.metric_key,
        valued.metric_value,
        valued.measured_for,
        valued.measured_date,
        valued.weight,
        valued.null_reason,
        cast({{ nine_decimals("
            case
                when scoring_segments.rule = 'tier' or scoring_segments.to_value is null
                    then scoring_segments.from_score
                else
                    scoring_segments.from_score
                    + (scoring_segments.to_score - scoring_segments.from_score)
                    * (greatest(valued.metric_value, scoring_segments.first_value) - scoring_segments.from_value)
                    / (scoring_segments.to_value - scoring_segments.from_value)
            end
        ") }} as decimal(18, 9)) as score

    from valued
    left join scoring_segments
        on
            valued.component_key = scoring_segments.component_key
            and greatest(valued.metric_value, scoring_segments.first_value) >= scoring_segments.from_value
            and (
                scoring_segments.to_value is null
                or greatest(valued.metric_value, scoring_segments.first_value) < scoring_segments.to_value
            )
            and valued.metric_value is not null

)

select * from final
