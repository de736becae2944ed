-- Grain: one row per profile of the health version in force on the newest day, set of weights worth trying and component
-- (L5). Set 0 is the current one.

with

profiles as (

    select * from {{ ref('int_weight_profiles') }}

),

changes as (

    select * from {{ ref('int_weight_changes') }}

),

changed as (

    select
        profiles.scored_by,
        profiles.profile_version,
        changes.candidate_number,
        profiles.component_key,
        profiles.metric_key,
        profiles.all_weight,
        cast(case
            when profiles.component_key = changes.giver then profiles.weight - changes.points
            when profiles.component_key = changes.receiver then profiles.weight + changes.points
            when changes.giver <> '' and changes.receiver = ''
                then round(
                    cast(profiles.weight as double) * cast(profiles.all_weight as double)
                    / cast(profiles.all_weight - changes.points as double)
                )
            else profiles.weight
        end as decimal(18, 6)) as weight

    from changes
    inner join profiles on changes.scored_by = profiles.scored_by

),

-- What rounding leaves goes to the heaviest, so that weights add up.
rounded as (

    select
        *,
        all_weight - sum(weight) over (partition by scored_by, candidate_number) as rest,
        row_number() over (
            partition by scored_by, candidate_number order by weight desc, component_key asc
        ) as place

    from changed

),

final as (

    select
        scored_by,
        profile_version,
        candidate_number,
        component_key,
        metric_key,
        cast(case when place = 1 then weight + rest else weight end as decimal(18, 6)) as weight

    from rounded

)

select * from final
