-- Grain: one row per profile with training years: what the weights that are best in training gain in the test years, and
-- whether that is more than swapping customers between them and the current ones gives (L5).

with

gains as (

    select * from {{ ref('int_weight_gains') }}

),

swaps as (

    select * from {{ ref('int_weight_swaps') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

profiles as (

    select
        scored_by,
        {% for what in ['train_windows', 'train_churned', 'test_windows', 'test_churned'] %}
            cast(sum({{ what }}) as bigint) as {{ what }},
        {% endfor %}
        count(case when train_churned > 0 then 1 end) as train_churned_accounts,
        count(case when test_churned > 0 then 1 end) as test_churned_accounts,
        sum(gain) as gain,
        -- Profiles are compared in units of what swaps alone give.
        sqrt(sum(cast(gain as double) * cast(gain as double))) as spread

    from gains

    group by 1

),

-- Whoever has too few losses to judge is no competitor.
observed as (

    select
        profiles.*,
        coalesce({{ rate('profiles.gain', 'profiles.spread') }}, 0) as standing

    from profiles
    cross join policies

    where
        profiles.train_churned_accounts >= policies.validity_min_churned
        and profiles.test_churned_accounts >= policies.validity_min_churned

),

drawn as (

    select
        observed.scored_by,
        swaps.draw,
        observed.gain,
        observed.standing,
        swaps.gain as drawn_gain,
        coalesce({{ rate('swaps.gain', 'observed.spread') }}, 0) as drawn_standing

    from observed
    inner join swaps on observed.scored_by = swaps.scored_by

),

-- Step down (Holm's order), as the threshold advisor does: a profile competes with itself and those that stand lower.
competing as (

    select
        *,
        max(drawn_standing) over (
            partition by draw order by standing asc, scored_by desc
            rows between unbounded preceding and current row
        ) as best_of_the_rest

    from drawn

),

counted as (

    select
        scored_by,
        standing,
        cast(count(*) as bigint) as draws,
        percentile_cont(0.95) within group (order by cast(drawn_gain as double)) as gain_by_chance,
        cast(1 + count(case when drawn_gain >= gain then 1 end) as double) / (1 + count(*)) as p_value,
        cast(1 + count(case when best_of_the_rest >= standing then 1 end) as double) / (1 + count(*)) as p_value_of_step

    from competing

    group by 1, 2

),

adjusted as (

    select
        *,
        max(p_value_of_step) over (
            order by standing desc, scored_by asc rows between unbounded preceding and current row
        ) as adjusted_p_value

    from counted

),

final as (

    select
        profiles.scored_by,
        profiles.train_windows,
        profiles.train_churned,
        profiles.test_windows,
        profiles.test_churned,
        adjusted.draws,
        {{ rate('adjusted.gain_by_chance', 'profiles.test_windows') }} as gain_by_chance,
        {{ nine_decimals('adjusted.p_value') }} as p_value,
        {{ nine_decimals('adjusted.adjusted_p_value') }} as adjusted_p_value,
        case
            when profiles.test_windows = 0 then 'no_year_in_the_test'
            when adjusted.scored_by is null then 'too_few_churned'
        end as null_reason

    from profiles
    left join adjusted on profiles.scored_by = adjusted.scored_by

)

select * from final
