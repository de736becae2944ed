-- Grain: one row per profile, set of weights and year of int_weight_windows: the score it would have given at the start,
-- worked out like int_health_scores, before rules that hold a score down; NULL where too little was known (L5, H3).

with

weight_windows as (

    select * from {{ ref('int_weight_windows') }}

),

candidates as (

    select * from {{ ref('int_weight_candidates') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

weighed as (

    select
        weight_windows.scored_by,
        candidates.candidate_number,
        weight_windows.part,
        weight_windows.window_start_date,
        weight_windows.account_id,
        weight_windows.product_id,
        weight_windows.is_churned,
        sum(candidates.weight) as all_weight,
        sum(case when weight_windows.score is not null then candidates.weight end) as known_weight,
        sum(cast(
            cast(candidates.weight as double) * cast(weight_windows.score as double) as decimal(28, 9)
        )) as weighted_score

    from weight_windows
    inner join candidates
        on
            weight_windows.scored_by = candidates.scored_by
            and weight_windows.component_key = candidates.component_key

    group by 1, 2, 3, 4, 5, 6, 7

),

final as (

    select
        weighed.scored_by,
        weighed.candidate_number,
        weighed.part,
        weighed.window_start_date,
        weighed.account_id,
        weighed.product_id,
        weighed.is_churned,
        case
            when {{ rate('weighed.known_weight', 'weighed.all_weight') }} >= policies.min_coverage
                then {{ rate('weighed.weighted_score', 'weighed.known_weight') }}
        end as score

    from weighed
    cross join policies

)

select * from final
