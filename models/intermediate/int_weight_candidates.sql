-- Grain: one row per profile of the health version in force on the newest day, set of weights worth trying and component
-- (L5). Set 0 is the current one; the others move 10, 20 or 30 points from one component to another, or do without one.

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

weighed as (

    select
        *,
        sum(weight) over (partition by scored_by) as all_weight

    from components

),

steps as (

    {% for points in [10, 20, 30] %}
        select cast({{ points }} as decimal(18, 6)) as points {{ 'union all' if not loop.last }}
    {% endfor %}

),

changes as (

    select distinct
        scored_by,
        cast(0 as decimal(18, 6)) as points,
        '' as giver,
        '' as receiver

    from components

    union all

    select
        givers.scored_by,
        steps.points,
        givers.component_key as giver,
        receivers.component_key as receiver

    from components as givers
    inner join components as receivers
        on givers.scored_by = receivers.scored_by and givers.component_key <> receivers.component_key
    inner join steps on givers.weight >= steps.points

    union all

    -- What is done without is taken over by all others, in proportion.
    select
        scored_by,
        weight as points,
        component_key as giver,
        '' as receiver

    from weighed

    where weight > 0 and weight < all_weight

),

-- The smaller change has the lower number.
numbered as (

    select
        *,
        cast(
            row_number() over (partition by scored_by order by points, giver, receiver) - 1 as int
        ) as candidate_number

    from changes

),

changed as (

    select
        weighed.scored_by,
        weighed.profile_version,
        numbered.candidate_number,
        weighed.component_key,
        weighed.metric_key,
        weighed.all_weight,
        cast(case
            when weighed.component_key = numbered.giver then weighed.weight - numbered.points
            when weighed.component_key = numbered.receiver then weighed.weight + numbered.points
            when numbered.giver <> '' and numbered.receiver = ''
                then round(
                    cast(weighed.weight as double) * cast(weighed.all_weight as double)
                    / cast(weighed.all_weight - numbered.points as double)
                )
            else weighed.weight
        end as decimal(18, 6)) as weight

    from numbered
    inner join weighed on numbered.scored_by = weighed.scored_by

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
