-- Grain: one row per profile of the health version in force on the newest day and component: its weight now (L5).

with

score_profiles as (

    select * from {{ ref('int_score_profiles') }}

    where score_kind = 'health'

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

    where is_latest

),

components as (

    select distinct
        score_profiles.scored_by,
        score_profiles.profile_version,
        score_profiles.component_key,
        score_profiles.metric_key,
        cast(score_profiles.weight as decimal(18, 6)) as weight

    from score_profiles
    inner join spine
        on
            score_profiles.valid_from <= spine.as_of_date
            and (score_profiles.valid_to_exclusive is null or score_profiles.valid_to_exclusive > spine.as_of_date)

),

final as (

    select
        scored_by,
        profile_version,
        component_key,
        metric_key,
        weight,
        sum(weight) over (partition by scored_by) as all_weight

    from components

)

select * from final
