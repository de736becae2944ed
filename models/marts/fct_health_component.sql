{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product, score and part of it: its components, and where it was held down or
-- overridden, that too. Lost points of the parts add up to 100 - score (H4): the explanation, in words and in order.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

parts as (

    select * from {{ ref('int_score_parts') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

kpi_units as (

    select * from {{ ref('kpi_units') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

worded as (

    select
        parts.*,
        coalesce(kpi_catalog.label_en, score_caps.label_en, 'Set by hand') as label_en,
        coalesce(kpi_catalog.label_ja, score_caps.label_ja, '手動で設定') as label_ja,
        case
            when parts.part = 'component'
                then
                    coalesce({{ spoken('parts.metric_value', 'kpi_units.factor', 'kpi_units.suffix_en') }}, 'not known')
        end as value_en,
        case
            when parts.part = 'component'
                then coalesce({{ spoken('parts.metric_value', 'kpi_units.factor', 'kpi_units.suffix_ja', '') }}, '不明')
        end as value_ja,
        {{ spoken('abs(parts.lost_points)', '1', "''", '') }} as points

    from parts
    inner join to_build on parts.as_of_date = to_build.as_of_date
    left join kpi_catalog on case when parts.part = 'component' then parts.metric_key end = kpi_catalog.kpi_key
    left join kpi_units on kpi_catalog.unit = kpi_units.unit
    left join score_caps
        on
            parts.score_kind = score_caps.score_kind
            and parts.profile_version = score_caps.profile_version
            and case when parts.part = 'cap' then parts.component_key end = score_caps.cap_key

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        score_kind,
        component_key,
        part,
        metric_key,
        metric_value,
        measured_for,
        measured_date,
        cast(score as double) as score,
        weight,
        lost_points,
        cast(row_number() over (
            partition by as_of_date, account_id, product_id, score_kind
            order by coalesce(lost_points, 0) desc, component_key
        ) as int) as position,
        label_en || coalesce(': ' || value_en, '') || coalesce(
            case when lost_points >= 0 then ', ' || points || ' points lost' else ', ' || points || ' points gained' end,
            ', not counted'
        ) as sentence_en,
        label_ja || coalesce(':' || value_ja, '') || coalesce(
            case when lost_points >= 0 then '、' || points || '点の減点' else '、' || points || '点の加点' end,
            '、評価対象外'
        ) as sentence_ja,
        null_reason

    from worded

)

select * from final
