{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and customer: the weighted mean of what is known, if enough is known (H3).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_components as (

    select * from {{ ref('int_health_components') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

weighed as (

    select
        health_components.as_of_date,
        health_components.account_id,
        health_components.product_profile,
        health_components.phase,
        health_components.profile_version,
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

    group by 1, 2, 3, 4, 5

),

covered as (

    select
        *,
        coalesce({{ rate('known_weight', 'all_weight') }}, 0) as coverage

    from weighed

),

final as (

    select
        covered.as_of_date,
        covered.account_id,
        covered.product_profile,
        covered.phase,
        covered.profile_version,
        covered.coverage,
        cast(covered.known_weight as double) as known_weight,
        case
            when covered.coverage >= policies.min_coverage
                then {{ rate('covered.weighted_score', 'covered.known_weight') }}
        end as score,
        case when covered.coverage < policies.min_coverage then covered.null_reason end as null_reason

    from covered
    cross join policies

)

select * from final
