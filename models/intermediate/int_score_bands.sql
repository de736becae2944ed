{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account, product and version of the health score: the score and its colour, before
-- anybody overrode it.

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
        health_scores.product_id,
        health_scores.product_profile,
        health_scores.phase,
        health_scores.profile_version,
        health_scores.is_in_force,
        health_scores.score,
        coalesce(bands.band, 'no_data') as band

    from health_scores
    inner join to_build on health_scores.as_of_date = to_build.as_of_date
    left join bands
        on
            bands.score_kind = 'health'
            and health_scores.score >= bands.minimum
            and health_scores.score < bands.below_maximum

    where health_scores.score_kind = 'health'

)

select * from final
