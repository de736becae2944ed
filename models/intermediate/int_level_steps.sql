-- Grain: one row per product profile and success level (NULL: unknown) with matured years: how many churned, and by how
-- much less than on the next level below (L4).

with

level_windows as (

    select * from {{ ref('int_level_windows') }}

),

accounts as (

    select
        product_profile,
        success_level,
        account_id,
        count(*) as windows,
        count(case when is_churned then 1 end) as churned,
        sum(mrr_start) as mrr_start,
        sum(mrr_end) as mrr_end

    from level_windows

    group by 1, 2, 3

),

levels as (

    select
        product_profile,
        success_level,
        cast(count(*) as bigint) as accounts,
        cast(sum(windows) as bigint) as windows,
        cast(sum(churned) as bigint) as churned,
        cast(sum(mrr_start) as bigint) as mrr_start,
        cast(sum(mrr_end) as bigint) as mrr_end

    from accounts

    group by 1, 2

),

-- Wilson's interval of each rate: the building block of Newcombe's interval for their difference.
intervals as (

    select
        *,
        cast(churned as double) / windows as churn_rate,
        {{ wilson_bound('churned', 'windows', '-') }} as churn_rate_low,
        {{ wilson_bound('churned', 'windows', '+') }} as churn_rate_high

    from levels

),

-- The next level below that anybody held; an unknown level has none above or below.
beside_the_lower as (

    select
        *,
        lag(success_level) over lower_levels as lower_level,
        lag(windows) over lower_levels as lower_windows,
        lag(churned) over lower_levels as lower_churned,
        lag(churn_rate) over lower_levels as lower_rate,
        lag(churn_rate_low) over lower_levels as lower_low,
        lag(churn_rate_high) over lower_levels as lower_high

    from intervals

    window lower_levels as (partition by product_profile, success_level is null order by success_level)

),

final as (

    select
        product_profile,
        success_level,
        accounts,
        windows,
        churned,
        churn_rate,
        churn_rate_low,
        churn_rate_high,
        mrr_start,
        mrr_end,
        lower_level,
        -- In whole numbers: equal shares are equal on every engine.
        churned * lower_windows > lower_churned * windows as is_above_lower,
        churn_rate - lower_rate as churn_difference,
        churn_rate - lower_rate
        - sqrt(power(churn_rate - churn_rate_low, 2) + power(lower_high - lower_rate, 2)) as churn_difference_low,
        churn_rate - lower_rate
        + sqrt(power(churn_rate_high - churn_rate, 2) + power(lower_rate - lower_low, 2)) as churn_difference_high

    from beside_the_lower

)

select * from final
