-- Grain: one row per profile, set of weights and fifth of its scores of the training years: from which score to below
-- which, and how many years were lost (L5). Equal scores lie in one fifth; the ends are open for scores of later years.

with

weight_scores as (

    select * from {{ ref('int_weight_scores') }}

    where part = 'train' and score is not null

),

placed as (

    select
        scored_by,
        candidate_number,
        score,
        is_churned,
        rank() over (partition by scored_by, candidate_number order by score) - 1 as windows_below,
        count(*) over (partition by scored_by, candidate_number) as windows

    from weight_scores

),

fifths as (

    select
        scored_by,
        candidate_number,
        cast(floor(5 * windows_below / cast(windows as double)) as int) + 1 as fifth,
        min(score) as lowest_score,
        cast(count(*) as bigint) as windows,
        cast(count(case when is_churned then 1 end) as bigint) as churned

    from placed

    group by 1, 2, 3

),

final as (

    select
        scored_by,
        candidate_number,
        fifth,
        case
            when row_number() over (partition by scored_by, candidate_number order by fifth) > 1 then lowest_score
        end as from_score,
        lead(lowest_score) over (partition by scored_by, candidate_number order by fifth) as below_score,
        windows,
        churned

    from fifths

)

select * from final
