-- Grain: one row per product profile and indicator with thresholds: the one it proposes, and whether what that gains in the
-- test years is more than shuffled customers give at the best threshold of the whole grid (L5).

with

grid as (

    select * from {{ ref('int_advisor_grid') }}

),

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- The proposal is made from the training years alone, and only the way the indicator is said to work.
proposed as (

    select
        product_profile,
        metric_key,
        cut_number as proposed_cut_number,
        test_windows_below + test_windows_above as test_windows,
        test_gain

    from grid

    where draw = 0 and is_in_direction

    qualify row_number() over (partition by product_profile, metric_key order by train_gain desc, cut_number asc) = 1

),

churned_accounts as (

    select
        product_profile,
        metric_key,
        part,
        account_id

    from advisor_windows

    where is_churned

    group by 1, 2, 3, 4

),

churned as (

    select
        product_profile,
        metric_key,
        cast(count(case when part = 'train' then 1 end) as bigint) as train_churned_accounts,
        cast(count(case when part = 'test' then 1 end) as bigint) as test_churned_accounts

    from churned_accounts

    group by 1, 2

),

-- Whoever has too few losses to judge is no competitor.
observed as (

    select
        churned.product_profile,
        churned.metric_key,
        churned.train_churned_accounts,
        churned.test_churned_accounts,
        proposed.proposed_cut_number,
        proposed.test_windows,
        coalesce(proposed.test_gain, 0) as gain,
        row_number() over (
            partition by churned.product_profile
            order by coalesce(proposed.test_gain, 0) desc, churned.metric_key asc
        ) as place

    from churned
    cross join policies
    left join proposed
        on churned.product_profile = proposed.product_profile and churned.metric_key = proposed.metric_key

    where
        churned.train_churned_accounts >= policies.validity_min_churned
        and churned.test_churned_accounts >= policies.validity_min_churned

),

-- Step down (Holm's order): an indicator competes with the best of itself and of those that gained less. All see the
-- same shuffles, so how they resemble each other is allowed for (Westfall and Young).
shuffled as (

    select
        observed.product_profile,
        observed.metric_key,
        observed.place,
        observed.gain,
        grid.draw,
        max(case when grid.is_in_direction then greatest(grid.test_gain, 0) else 0 end) as best_gain

    from observed
    inner join grid on observed.product_profile = grid.product_profile and observed.metric_key = grid.metric_key

    where grid.draw > 0

    group by 1, 2, 3, 4, 5

),

competing as (

    select
        *,
        max(best_gain) over (
            partition by product_profile, draw order by place desc
            rows between unbounded preceding and current row
        ) as best_gain_of_the_rest

    from shuffled

),

counted as (

    select
        product_profile,
        metric_key,
        place,
        cast(count(*) as bigint) as draws,
        percentile_cont(0.95) within group (order by best_gain) as gain_by_chance,
        cast(1 + count(case when best_gain >= gain then 1 end) as double) / (1 + count(*)) as p_value,
        cast(1 + count(case when best_gain_of_the_rest >= gain then 1 end) as double) / (1 + count(*)) as p_value_of_step

    from competing

    group by 1, 2, 3

),

final as (

    select
        observed.product_profile,
        observed.metric_key,
        observed.proposed_cut_number,
        observed.test_windows,
        observed.gain,
        counted.draws,
        {{ nine_decimals('counted.gain_by_chance') }} as gain_by_chance,
        {{ nine_decimals('counted.p_value') }} as p_value,
        {{ nine_decimals('max(counted.p_value_of_step) over (
            partition by observed.product_profile order by observed.place
            rows between unbounded preceding and current row
        )') }} as adjusted_p_value

    from observed
    inner join counted on observed.product_profile = counted.product_profile and observed.metric_key = counted.metric_key

)

select * from final
