{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product, score and version that a rule holds down: the lowest maximum counts.

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

score_caps as (

    select * from {{ ref('score_caps') }}

),

final as (

    select
        account_phases.as_of_date,
        account_phases.account_id,
        account_phases.product_id,
        score_caps.score_kind,
        score_caps.profile_version,
        score_caps.cap_key,
        cast(score_caps.maximum_score as double) as maximum_score

    from account_phases
    inner join to_build on account_phases.as_of_date = to_build.as_of_date
    inner join score_caps
        on
            score_caps.product_profile in (account_phases.product_profile, 'all')
            and score_caps.phase in (account_phases.phase, 'all')
    inner join account_metrics
        on
            account_phases.as_of_date = account_metrics.as_of_date
            and account_phases.account_id = account_metrics.account_id
            and account_phases.product_id = account_metrics.product_id
            and score_caps.metric_key = account_metrics.metric_key

    where
        account_phases.product_id <> 'all'
        and {{ meets('score_caps.operator', 'account_metrics.metric_value', 'score_caps.threshold') }}

    qualify row_number() over (
        partition by
            account_phases.as_of_date, account_phases.account_id, account_phases.product_id,
            score_caps.score_kind, score_caps.profile_version
        order by score_caps.maximum_score, score_caps.cap_key
    ) = 1

)

select * from final
