{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and customer. A churned account is no longer scored; its last rows stay.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_scores as (

    select * from {{ ref('int_health_scores') }}

),

bands as (

    select * from {{ ref('health_bands') }}

),

final as (

    select
        health_scores.as_of_date,
        health_scores.account_id,
        health_scores.product_profile,
        health_scores.phase,
        health_scores.profile_version,
        health_scores.score,
        coalesce(bands.band, 'no_data') as band,
        health_scores.coverage,
        health_scores.null_reason

    from health_scores
    inner join to_build on health_scores.as_of_date = to_build.as_of_date
    left join bands on health_scores.score >= bands.minimum and health_scores.score < bands.below_maximum

)

select * from final
