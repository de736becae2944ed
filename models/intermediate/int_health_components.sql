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

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

times_to_live as (

    select
        metric_key,
        max(time_to_live_days) as days

    from score_profiles

    where time_to_live_days is not null

    group by metric_key

),

-- What is not known today may be remembered: the value of the newest month end that had one. Month ends, because they
-- never thin out: a day looks back at the same dates whenever it is made.
remembered as (

    select
        account_metrics.as_of_date,
        account_metrics.account_id,
        account_metrics.product_id,
        account_metrics.metric_key,
        earlier.metric_value,
        earlier.measured_for,
        earlier.as_of_date as measured_date

    from account_metrics
    inner join to_build on account_metrics.as_of_date = to_build.as_of_date
    inner join times_to_live on account_metrics.metric_key = times_to_live.metric_key
    inner join account_metrics as earlier
        on
            account_metrics.account_id = earlier.account_id
            and account_metrics.product_id = earlier.product_id
            and account_metrics.metric_key = earlier.metric_key
            and account_metrics.as_of_date > earlier.as_of_date
            and earlier.as_of_date >= {{ plus_days('account_metrics.as_of_date', '-1 * times_to_live.days') }}
    inner join spine on earlier.as_of_date = spine.as_of_date

    where account_metrics.metric_value is null and earlier.metric_value is not null and spine.is_month_end

    qualify row_number() over (
        partition by
            account_metrics.as_of_date, account_metrics.account_id, account_metrics.product_id,
            account_metrics.metric_key
        order by earlier.as_of_date desc
    ) = 1

),

-- Every customer and product has a row for every indicator, if only to say why it is unknown.
valued as (

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
        coalesce(account_metrics.metric_value, remembered.metric_value) as metric_value,
        coalesce(remembered.measured_for, account_metrics.measured_for) as measured_for,
        case
            when account_metrics.metric_value is not null then account_metrics.as_of_date
            else remembered.measured_date
        end as measured_date,
        case when remembered.metric_value is null then account_metrics.null_reason end as null_reason

    from account_phases
    inner join to_build on account_phases.as_of_date = to_build.as_of_date
    inner join account_metrics
        on
            account_phases.as_of_date = account_metrics.as_of_date
            and account_phases.account_id = account_metrics.account_id
            and account_phases.product_id = account_metrics.product_id
    inner join score_profiles
        on
            account_phases.product_profile = score_profiles.product_profile
            and account_phases.phase = score_profiles.phase
            and account_metrics.metric_key = score_profiles.metric_key
    left join remembered
        on
            account_metrics.as_of_date = remembered.as_of_date
            and account_metrics.account_id = remembered.account_id
            and account_metrics.product_id = remembered.product_id
            and account_metrics.metric_key = remembered.metric_key
            and remembered.measured_date
            >= {{ plus_days('account_metrics.as_of_date', '-1 * score_profiles.time_to_live_days') }}

    -- The customer as a whole is rolled up from its products.
    where account_phases.product_id <> 'all'

),

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
            and valued.metric_value >= scoring_segments.applies_from
            and valued.metric_value < scoring_segments.applies_below

)

select * from final
