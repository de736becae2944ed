-- Grain: one row per product profile with matured years of known levels: does churn fall as the level rises (L4)?

with

level_windows as (

    select * from {{ ref('int_level_windows') }}

    where success_level is not null

),

totals as (

    select
        product_profile,
        cast(count(*) as bigint) as windows,
        cast(count(case when is_churned then 1 end) as bigint) as churned,
        cast(sum(success_level) as bigint) as level_sum,
        cast(sum(success_level * success_level) as bigint) as level_square_sum,
        cast(sum(case when is_churned then success_level else 0 end) as bigint) as churned_level_sum

    from level_windows

    group by 1

),

-- What each customer adds to the covariance of level and churn, with all its years and products together, in whole numbers.
account_parts as (

    select
        level_windows.product_profile,
        level_windows.account_id,
        max(case when level_windows.is_churned then 1 else 0 end) as has_churned,
        cast(sum(
            (totals.windows * level_windows.success_level - totals.level_sum)
            * (case when level_windows.is_churned then totals.windows else 0 end - totals.churned)
        ) as decimal(19, 0)) as part

    from level_windows
    inner join totals on level_windows.product_profile = totals.product_profile

    group by 1, 2

),

accounts as (

    select
        product_profile,
        cast(sum(has_churned) as bigint) as churned_accounts,
        cast(sum(part) as double) as part_sum,
        cast(sum(part * part) as double) as part_square_sum

    from account_parts

    group by 1

),

-- The test for a trend in proportions of Cochran and Armitage with the exact variance over shuffles (Mantel), and the
-- same with the spread between customers instead: years and products of one customer are not independent.
tested as (

    select
        totals.product_profile,
        totals.windows,
        totals.churned,
        accounts.churned_accounts,
        cast(totals.windows * totals.churned_level_sum - totals.churned * totals.level_sum as double)
        / nullif(sqrt(
            cast(totals.windows * totals.level_square_sum - totals.level_sum * totals.level_sum as double)
            * cast(totals.churned * (totals.windows - totals.churned) as double)
            / nullif(totals.windows - 1, 0)
        ), 0) as trend_z,
        accounts.part_sum / nullif(sqrt(accounts.part_square_sum), 0) as trend_z_between_customers

    from totals
    inner join accounts on totals.product_profile = accounts.product_profile

),

final as (

    select
        product_profile,
        windows,
        churned,
        churned_accounts,
        trend_z,
        {{ two_sided_p_value('trend_z') }} as trend_p_value,
        trend_z_between_customers,
        {{ two_sided_p_value('trend_z_between_customers') }} as trend_p_value_between_customers

    from tested

)

select * from final
