-- Grain: one row per profile of int_weight_profiles and change of its weights worth trying (L5): 10, 20 or 30 points from
-- one component to another, or doing without one, whose points all others take over (receiver is empty then).

with

profiles as (

    select * from {{ ref('int_weight_profiles') }}

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

    from profiles

    union all

    select
        givers.scored_by,
        steps.points,
        givers.component_key as giver,
        receivers.component_key as receiver

    from profiles as givers
    inner join profiles as receivers
        on givers.scored_by = receivers.scored_by and givers.component_key <> receivers.component_key
    inner join steps on givers.weight >= steps.points

    union all

    -- What is done without is taken over by all others, in proportion.
    select
        scored_by,
        weight as points,
        component_key as giver,
        '' as receiver

    from profiles

    where weight > 0 and weight < all_weight

),

-- The smaller change has the lower number; 0 is the current set.
final as (

    select
        scored_by,
        cast(row_number() over (partition by scored_by order by points, giver, receiver) - 1 as int) as candidate_number,
        points,
        giver,
        receiver

    from changes

)

select * from final
