-- Grain: one row per profile and draw: what the weights that are best in training would have gained had whole customers,
-- with all their test years, been swapped between them and the current ones, by a hash of the id (L5). Where neither is
-- better, either could have been the better one for any customer.

with

gains as (

    select * from {{ ref('int_weight_gains') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

draws as (

    {{ draw_numbers() }}

),

final as (

    select
        gains.scored_by,
        draws.draw,
        sum(case
            when {{ uniform_hash(
                "gains.account_id || '|' || cast(draws.draw as " ~ dbt.type_string() ~ ") || '|swap'"
            ) }} < 0.5 then gains.gain
            else -gains.gain
        end) as gain

    from gains
    cross join policies
    inner join draws on policies.permutation_draws >= draws.draw

    where gains.test_windows > 0

    group by 1, 2

)

select * from final
