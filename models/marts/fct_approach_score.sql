{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): is now the time to call?

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

unit_scores as (

    select * from {{ ref('int_unit_scores') }}

),

bands as (

    select * from {{ ref('health_bands') }}

),

final as (

    select
        unit_scores.as_of_date,
        unit_scores.account_id,
        unit_scores.product_id,
        unit_scores.product_profile,
        unit_scores.phase,
        unit_scores.profile_version,
        unit_scores.score,
        coalesce(bands.band, 'no_data') as band,
        unit_scores.coverage,
        unit_scores.null_reason

    from unit_scores
    inner join to_build on unit_scores.as_of_date = to_build.as_of_date
    left join bands
        on
            unit_scores.score_kind = bands.score_kind
            and unit_scores.score >= bands.minimum
            and unit_scores.score < bands.below_maximum

    where unit_scores.score_kind = 'approach'

)

select * from final
