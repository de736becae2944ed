{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product, score and part of it: its components, the rule that held it down (cap),
-- and what somebody's word changed (override). The lost points of all parts add up to 100 - score.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_components as (

    select * from {{ ref('int_health_components') }}

),

unit_scores as (

    select * from {{ ref('int_unit_scores') }}

),

final as (

    select
        health_components.as_of_date,
        health_components.account_id,
        health_components.product_id,
        health_components.score_kind,
        health_components.profile_version,
        health_components.component_key,
        'component' as part,
        health_components.metric_key,
        health_components.metric_value,
        health_components.measured_for,
        health_components.measured_date,
        health_components.score,
        health_components.weight,
        case
            when unit_scores.uncapped_score is not null
                then {{ nine_decimals(
                    'health_components.weight / unit_scores.known_weight
                    * (100 - cast(health_components.score as double))'
                ) }}
        end as lost_points,
        health_components.null_reason

    from health_components
    inner join to_build on health_components.as_of_date = to_build.as_of_date
    inner join unit_scores
        on
            health_components.as_of_date = unit_scores.as_of_date
            and health_components.account_id = unit_scores.account_id
            and health_components.product_id = unit_scores.product_id
            and health_components.score_kind = unit_scores.score_kind

    where health_components.is_in_force

    {% for part, key, lost, condition in [
        ('cap', 'unit_scores.cap_key', 'unit_scores.uncapped_score - unit_scores.raw_score', 'unit_scores.cap_key is not null'),
        ('override', "'override'", 'coalesce(unit_scores.raw_score, 100) - unit_scores.score',
            'unit_scores.override_author_id is not null'),
    ] %}
        union all

        select
            unit_scores.as_of_date,
            unit_scores.account_id,
            unit_scores.product_id,
            unit_scores.score_kind,
            unit_scores.profile_version,
            {{ key }} as component_key,
            '{{ part }}' as part,
            cast(null as {{ dbt.type_string() }}) as metric_key,
            cast(null as double) as metric_value,
            cast(null as {{ dbt.type_string() }}) as measured_for,
            cast(null as date) as measured_date,
            cast(null as decimal(18, 9)) as score,
            cast(null as double) as weight,
            {{ nine_decimals(lost) }} as lost_points,
            cast(null as {{ dbt.type_string() }}) as null_reason

        from unit_scores
        inner join to_build on unit_scores.as_of_date = to_build.as_of_date

        where unit_scores.product_id <> 'all' and {{ condition }}
    {% endfor %}

)

select * from final
