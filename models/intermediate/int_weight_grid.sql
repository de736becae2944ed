-- Grain: one row per profile and set of weights: log-loss per year in the training and the test years, and whether churn
-- of the test years falls as the score rises (L5). The best is the one that is best in training; of equals the smallest change.

with

losses as (

    select * from {{ ref('int_weight_losses') }}

),

fared as (

    select
        scored_by,
        candidate_number,
        fifth,
        count(*) as windows,
        count(case when is_churned then 1 end) as churned

    from losses

    where part = 'test' and fifth is not null

    group by 1, 2, 3

),

neighbours as (

    select
        *,
        lag(windows) over (partition by scored_by, candidate_number order by fifth) as windows_below,
        lag(churned) over (partition by scored_by, candidate_number order by fifth) as churned_below

    from fared

),

orders as (

    select
        scored_by,
        candidate_number,
        count(case when churned * windows_below > churned_below * windows then 1 end) = 0 as is_monotone

    from neighbours

    group by 1, 2

),

measured as (

    select
        scored_by,
        candidate_number,
        {% for part in ['train', 'test'] %}
            {{ rate(
                "sum(case when part = '" ~ part ~ "' then log_loss end)", "count(case when part = '" ~ part ~ "' then 1 end)"
            ) }} as {{ part }}_log_loss,
        {% endfor %}
        {{ rate(
            "sum(case when part = 'test' then log_loss_without_score end)", "count(case when part = 'test' then 1 end)"
        ) }} as test_log_loss_without_score

    from losses

    group by 1, 2

),

final as (

    select
        measured.scored_by,
        measured.candidate_number,
        measured.train_log_loss,
        measured.test_log_loss,
        measured.test_log_loss_without_score,
        orders.is_monotone,
        row_number() over (
            partition by measured.scored_by order by measured.train_log_loss, measured.candidate_number
        ) = 1 as is_best_in_training

    from measured
    left join orders
        on measured.scored_by = orders.scored_by and measured.candidate_number = orders.candidate_number

)

select * from final
