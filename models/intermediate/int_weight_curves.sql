-- Grain: one row per profile, set of weights and fifth of its training scores: the churn a score of that fifth stands for
-- (L5). Churn never rises with the score: where a higher fifth lost more, it is pooled with those below it (isotonic
-- regression). Each fifth counts one year more, that fared like all, so that no churn is certain.

with

weight_scores as (

    select * from {{ ref('int_weight_scores') }}

    where part = 'train'

),

fifths as (

    select * from {{ ref('int_weight_fifths') }}

),

overall as (

    select
        scored_by,
        candidate_number,
        (count(case when is_churned then 1 end) + 0.5e0) / (count(*) + 1) as churn_of_all

    from weight_scores

    group by 1, 2

),

summed as (

    select
        fifths.*,
        overall.churn_of_all,
        sum(fifths.windows + 1) over up_to_here as windows_so_far,
        sum(fifths.churned + overall.churn_of_all) over up_to_here as churned_so_far

    from fifths
    inner join overall
        on fifths.scored_by = overall.scored_by and fifths.candidate_number = overall.candidate_number

    window
        up_to_here as (
            partition by fifths.scored_by, fifths.candidate_number order by fifths.fifth
            rows between unbounded preceding and current row
        )

),

runs as (

    select
        firsts.scored_by,
        firsts.candidate_number,
        firsts.fifth as first_fifth,
        lasts.fifth as last_fifth,
        (lasts.churned_so_far - firsts.churned_so_far + firsts.churned + firsts.churn_of_all)
        / cast(lasts.windows_so_far - firsts.windows_so_far + firsts.windows + 1 as double) as churn

    from summed as firsts
    inner join summed as lasts
        on
            firsts.scored_by = lasts.scored_by
            and firsts.candidate_number = lasts.candidate_number
            and firsts.fifth <= lasts.fifth

),

-- Of all runs of fifths around one: the highest mean of each beginning, and of those the lowest.
highest as (

    select
        fifths.scored_by,
        fifths.candidate_number,
        fifths.fifth,
        runs.first_fifth,
        max(runs.churn) as churn

    from fifths
    inner join runs
        on
            fifths.scored_by = runs.scored_by
            and fifths.candidate_number = runs.candidate_number
            and fifths.fifth between runs.first_fifth and runs.last_fifth

    group by 1, 2, 3, 4

),

final as (

    select
        scored_by,
        candidate_number,
        fifth,
        {{ nine_decimals('min(churn)') }} as expected_churn

    from highest

    group by 1, 2, 3

)

select * from final
