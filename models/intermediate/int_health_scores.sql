{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product, score and version: the weighted mean of what is known, if enough is
-- known (H3), held down where a rule says so.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_components as (

    select * from {{ ref('int_health_components') }}

),

caps as (

    select * from {{ ref('int_health_caps') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

weighed as (

    select
        health_components.as_of_date,
        health_components.account_id,
        health_components.product_id,
        health_components.product_profile,
        health_components.phase,
        health_components.score_kind,
        health_components.profile_version,
        health_components.scored_by,
        health_components.is_in_force,
        -- Decimals add up to the same digits in any order.
        sum(cast(health_components.weight as decimal(18, 6))) as all_weight,
        sum(case
            when health_components.score is not null
                then cast(health_components.weight as decimal(18, 6))
        end) as known_weight,
        sum(cast(health_components.weight * cast(health_components.score as double) as decimal(28, 9)))
            as weighted_score,
        min(health_components.null_reason) as null_reason

    from health_components
    inner join to_build on health_components.as_of_date = to_build.as_of_date

    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

),

covered as (

    select
        *,
        coalesce({{ rate('known_weight', 'all_weight') }}, 0) as coverage

    from weighed

),

scored as (

    select
        covered.*,
        case
            when covered.coverage >= policies.min_coverage
                then {{ rate('covered.weighted_score', 'covered.known_weight') }}
        end as uncapped_score,
        covered.coverage < policies.min_coverage as is_unknown

    from covered
    cross join policies

),

final as (

    select
        scored.as_of_date,
        scored.account_id,
        scored.product_id,
        scored.product_profile,
        scored.phase,
        scored.score_kind,
        scored.profile_version,
        scored.scored_by,
        scored.is_in_force,
        scored.coverage,
        cast(scored.known_weight as double) as known_weight,
        scored.uncapped_score,
        case when scored.uncapped_score > caps.maximum_score then caps.cap_key end as cap_key,
        case
            when scored.uncapped_score > caps.maximum_score then caps.maximum_score else scored.uncapped_score
        end as score,
        case when scored.is_unknown then scored.null_reason end as null_reason

    from scored
    left join caps
        on
            scored.as_of_date = caps.as_of_date
            and scored.account_id = caps.account_id
            and scored.product_id = caps.product_id
            and scored.score_kind = caps.score_kind
            and scored.profile_version = caps.profile_version

)

select * from final
