{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product it holds (`all`: the customer as a whole) and condition: what stands
-- between it and its next level, in numbers and in words.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

level_conditions as (

    select * from {{ ref('int_level_conditions') }}

),

conditions as (

    select * from {{ ref('success_level_conditions') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

kpi_units as (

    select * from {{ ref('kpi_units') }}

),

final as (

    select
        level_conditions.as_of_date,
        level_conditions.account_id,
        level_conditions.product_id,
        level_conditions.success_level,
        level_conditions.condition_key,
        level_conditions.metric_key,
        level_conditions.operator,
        level_conditions.threshold,
        level_conditions.metric_value,
        level_conditions.is_met,
        level_conditions.is_skipped,
        level_conditions.distance,
        conditions.label_en || coalesce(
            case
                when level_conditions.is_met
                    then ': ' || {{ spoken('level_conditions.metric_value', 'kpi_units.factor', 'kpi_units.suffix_en') }}
                else
                    ': ' || {{ spoken('level_conditions.metric_value', 'kpi_units.factor', 'kpi_units.suffix_en') }}
                    || ', ' || {{ spoken_distance(
                        'level_conditions.metric_value', 'level_conditions.threshold', 'kpi_units.factor',
                        'kpi_units.suffix_en', "'less than ' || {}"
                    ) }}
                    || ' away from '
                    || {{ spoken('level_conditions.threshold', 'kpi_units.factor', 'kpi_units.suffix_en') }}
            end, ': not known'
        ) as sentence_en,
        conditions.label_ja || coalesce(
            case
                when level_conditions.is_met
                    then
                        ':'
                        || {{ spoken('level_conditions.metric_value', 'kpi_units.factor', 'kpi_units.suffix_ja', '') }}
                else
                    ':現在'
                    || {{ spoken('level_conditions.metric_value', 'kpi_units.factor', 'kpi_units.suffix_ja', '') }}
                    || '、基準'
                    || {{ spoken('level_conditions.threshold', 'kpi_units.factor', 'kpi_units.suffix_ja', '') }}
                    || 'まであと'
                    || {{ spoken_distance(
                        'level_conditions.metric_value', 'level_conditions.threshold', 'kpi_units.factor',
                        'kpi_units.suffix_ja', "{} || '未満'", ''
                    ) }}
            end, ':不明'
        ) as sentence_ja,
        level_conditions.null_reason

    from level_conditions
    inner join to_build on level_conditions.as_of_date = to_build.as_of_date
    inner join conditions
        on
            level_conditions.condition_profile = conditions.product_profile
            and level_conditions.condition_key = conditions.condition_key
    left join kpi_catalog on level_conditions.metric_key = kpi_catalog.kpi_key
    left join kpi_units on kpi_catalog.unit = kpi_units.unit

)

select * from final
