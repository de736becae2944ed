{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and component. Lost points of known components add up to 100 - score (H4).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_components as (

    select * from {{ ref('int_health_components') }}

),

health_scores as (

    select * from {{ ref('int_health_scores') }}

),

final as (

    select
        health_components.as_of_date,
        health_components.account_id,
        health_components.component_key,
        health_components.metric_key,
        health_components.metric_value,
        cast(health_components.score as double) as score,
        health_components.weight,
        case
            when health_scores.score is not null
                then {{ nine_decimals(
                    'health_components.weight / health_scores.known_weight
                    * (100 - cast(health_components.score as double))'
                ) }}
        end as lost_points,
        health_components.null_reason

    from health_components
    inner join to_build on health_components.as_of_date = to_build.as_of_date
    inner join health_scores
        on
            health_components.as_of_date = health_scores.as_of_date
            and health_components.account_id = health_scores.account_id

)

select * from final
