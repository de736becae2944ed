-- Grain: one row per profile of the health version in force on the newest day and component: its weight now, and the one
-- that would have told better who leaves (L5). It proposes; people decide.

with

candidates as (

    select * from {{ ref('int_weight_candidates') }}

),

grid as (

    select * from {{ ref('int_weight_grid') }}

),

tests as (

    select * from {{ ref('int_weight_tests') }}

),

candidate_counts as (

    select
        scored_by,
        max(candidate_number) + 1 as candidates

    from candidates

    group by scored_by

),

best as (

    select * from grid

    where is_best_in_training

),

-- A profile without training years has no grid.
judged as (

    select
        candidate_counts.scored_by,
        candidate_counts.candidates,
        best.candidate_number,
        current_weights.train_log_loss as train_log_loss_current,
        best.train_log_loss as train_log_loss_best,
        current_weights.test_log_loss_without_score,
        current_weights.test_log_loss as test_log_loss_current,
        best.test_log_loss as test_log_loss_best,
        current_weights.test_log_loss - best.test_log_loss as gain,
        current_weights.is_monotone as is_monotone_current,
        best.is_monotone as is_monotone_best,
        tests.train_windows,
        tests.train_churned,
        tests.test_windows,
        tests.test_churned,
        tests.draws,
        tests.gain_by_chance,
        tests.p_value,
        tests.adjusted_p_value,
        case
            when tests.scored_by is null then 'no_year_matured_before_the_test' else tests.null_reason
        end as null_reason

    from candidate_counts
    left join best on candidate_counts.scored_by = best.scored_by
    left join grid as current_weights
        on candidate_counts.scored_by = current_weights.scored_by and current_weights.candidate_number = 0
    left join tests on candidate_counts.scored_by = tests.scored_by

),

concluded as (

    select
        *,
        case
            when null_reason is not null then 'not_reportable'
            when gain > gain_by_chance and adjusted_p_value <= 0.05 then 'proposes'
            else 'keep'
        end as verdict

    from judged

),

final as (

    select
        present.scored_by,
        present.profile_version,
        present.component_key,
        present.metric_key,
        cast(present.weight as double) as current_weight,
        cast(best_weights.weight as double) as best_weight,
        cast(case
            when concluded.verdict = 'proposes' then best_weights.weight
            when concluded.verdict = 'keep' then present.weight
        end as double) as proposed_weight,
        cast(concluded.candidates as int) as candidates,
        coalesce(concluded.train_windows, 0) as train_windows,
        coalesce(concluded.train_churned, 0) as train_churned,
        coalesce(concluded.test_windows, 0) as test_windows,
        coalesce(concluded.test_churned, 0) as test_churned,
        {% for figure in [
            'train_log_loss_current', 'train_log_loss_best', 'test_log_loss_without_score', 'test_log_loss_current',
            'test_log_loss_best'
        ] %}
            case when concluded.null_reason is null then concluded.{{ figure }} end as {{ figure }},
        {% endfor %}
        case when concluded.null_reason is null then {{ nine_decimals('concluded.gain') }} end as gain,
        concluded.gain_by_chance,
        concluded.p_value,
        concluded.adjusted_p_value,
        case when concluded.null_reason is null then concluded.is_monotone_current end as is_monotone_current,
        case when concluded.null_reason is null then concluded.is_monotone_best end as is_monotone_best,
        concluded.verdict = 'proposes' as is_useful,
        concluded.verdict,
        concluded.null_reason

    from concluded
    inner join candidates as present on concluded.scored_by = present.scored_by and present.candidate_number = 0
    left join candidates as best_weights
        on
            present.scored_by = best_weights.scored_by
            and present.component_key = best_weights.component_key
            and case when concluded.null_reason is null then concluded.candidate_number end
            = best_weights.candidate_number

)

select * from final
