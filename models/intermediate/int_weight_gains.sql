-- Grain: one row per profile and account with years in it: by how much the weights that are best in training lower the
-- log-loss of its test years, all together, against the current ones (L5).

with

losses as (

    select * from {{ ref('int_weight_losses') }}

),

grid as (

    select * from {{ ref('int_weight_grid') }}

),

current_losses as (

    select * from losses

    where candidate_number = 0

),

best_losses as (

    select losses.*
    from losses
    inner join grid on losses.scored_by = grid.scored_by and losses.candidate_number = grid.candidate_number

    where grid.is_best_in_training

),

final as (

    select
        current_losses.scored_by,
        current_losses.account_id,
        {% for part in ['train', 'test'] %}
            cast(count(case when current_losses.part = '{{ part }}' then 1 end) as bigint) as {{ part }}_windows,
            cast(count(case when current_losses.part = '{{ part }}' and current_losses.is_churned then 1 end) as bigint)
                as {{ part }}_churned,
        {% endfor %}
        sum(case
            when current_losses.part = 'test' then current_losses.log_loss - best_losses.log_loss
            else cast(0 as decimal(18, 9))
        end) as gain

    from current_losses
    inner join best_losses
        on
            current_losses.scored_by = best_losses.scored_by
            and current_losses.window_start_date = best_losses.window_start_date
            and current_losses.account_id = best_losses.account_id
            and current_losses.product_id = best_losses.product_id

    group by 1, 2

)

select * from final
