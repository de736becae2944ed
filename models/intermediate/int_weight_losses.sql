-- Grain: one row per profile, set of weights and year: the churn its score stood for, by the fifths of the training years,
-- and the log-loss of that, nats (L5). Who has no score is expected to leave as often as all did in training.

with

weight_scores as (

    select * from {{ ref('int_weight_scores') }}

),

fifths as (

    select * from {{ ref('int_weight_fifths') }}

),

curves as (

    select * from {{ ref('int_weight_curves') }}

),

overall as (

    select
        scored_by,
        (count(case when is_churned then 1 end) + 0.5e0) / (count(*) + 1) as churn_of_all

    from weight_scores

    where part = 'train' and candidate_number = 0

    group by 1

),

expected as (

    select
        weight_scores.scored_by,
        weight_scores.candidate_number,
        weight_scores.part,
        weight_scores.window_start_date,
        weight_scores.account_id,
        weight_scores.product_id,
        weight_scores.is_churned,
        curves.fifth,
        overall.churn_of_all,
        coalesce(curves.expected_churn, overall.churn_of_all) as expected_churn

    from weight_scores
    inner join overall on weight_scores.scored_by = overall.scored_by
    left join fifths
        on
            weight_scores.scored_by = fifths.scored_by
            and weight_scores.candidate_number = fifths.candidate_number
            and weight_scores.score >= coalesce(fifths.from_score, cast('-Infinity' as double))
            and weight_scores.score < coalesce(fifths.below_score, cast('Infinity' as double))
    left join curves
        on
            fifths.scored_by = curves.scored_by
            and fifths.candidate_number = curves.candidate_number
            and fifths.fifth = curves.fifth

),

-- What happened was expected to so much.
told as (

    select
        *,
        case when is_churned then expected_churn else 1 - expected_churn end as share_by_score,
        case when is_churned then churn_of_all else 1 - churn_of_all end as share_without_score

    from expected

),

-- Decimals add up to the same digits in any order: equally good weights are equal.
final as (

    select
        scored_by,
        candidate_number,
        part,
        window_start_date,
        account_id,
        product_id,
        is_churned,
        fifth,
        cast({{ nine_decimals('-ln(share_by_score)') }} as decimal(18, 9)) as log_loss,
        cast({{ nine_decimals('-ln(share_without_score)') }} as decimal(18, 9)) as log_loss_without_score

    from told

)

select * from final
