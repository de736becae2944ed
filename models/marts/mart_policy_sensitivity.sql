-- Grain: one row per set of policies and complete month: what the same contracts say under another grace, and
-- what comes of those who left and came back (T5).

with

policy_mrr as (

    select * from {{ ref('int_policy_mrr') }}

),

movements as (

    select * from {{ ref('int_policy_movements') }}

),

policy_sets as (

    select * from {{ ref('int_policy_sets') }}

),

months as (

    select * from {{ ref('dim_month') }}

),

frame as (

    select
        policy_sets.policy_set,
        policy_sets.renewal_grace_days,
        policy_sets.renewal_grace_days_short_term,
        months.month

    from policy_sets
    cross join months

    where months.is_complete

),

closings as (

    select
        policy_set,
        month,
        cast(sum(mrr) as bigint) as closing_mrr,
        cast(sum(mrr_in_grace) as bigint) as mrr_in_grace,
        cast(count(*) as bigint) as closing_accounts

    from policy_mrr

    group by 1, 2

),

-- What the movements of twelve months add up to, of anybody.
moved as (

    select
        frame.policy_set,
        frame.month,
        coalesce(movements.churn_mrr, 0) as churn_mrr,
        coalesce(movements.churn_accounts, 0) as churn_accounts,
        sum(coalesce(movements.net_expansion_mrr + movements.churn_mrr, 0)) over twelve_months as changed_mrr,
        sum(coalesce(movements.reactivation_mrr, 0)) over twelve_months as reactivation_mrr

    from frame
    left join movements on frame.policy_set = movements.policy_set and frame.month = movements.month

    window twelve_months as (
        partition by frame.policy_set order by frame.month rows between 11 preceding and current row
    )

),

kept as (

    select
        opened.policy_set,
        {{ plus_months('opened.month', 12) }} as month,
        cast(count(*) as bigint) as accounts,
        cast(count(closed.account_id) as bigint) as retained_accounts,
        cast(sum(opened.mrr) as bigint) as opening_mrr,
        cast(sum(coalesce(closed.mrr_at_rates_before, 0)) as bigint) as retained_mrr,
        cast(sum(least(coalesce(closed.mrr_at_rates_before, 0), opened.mrr)) as bigint) as retained_mrr_gross

    from policy_mrr as opened
    left join policy_mrr as closed
        on
            opened.policy_set = closed.policy_set
            and opened.account_id = closed.account_id
            and {{ plus_months('opened.month', 12) }} = closed.month

    group by 1, 2

),

rated as (

    select
        frame.*,
        coalesce(closings.closing_mrr, 0) as closing_mrr,
        coalesce(closings.mrr_in_grace, 0) as mrr_in_grace,
        coalesce(closings.closing_accounts, 0) as closing_accounts,
        moved.churn_mrr,
        moved.churn_accounts,
        {{ rate('kept.retained_mrr', 'kept.opening_mrr') }} as nrr_12_months,
        {{ rate('kept.retained_mrr_gross', 'kept.opening_mrr') }} as grr_12_months,
        {{ rate('kept.retained_accounts', 'kept.accounts') }} as logo_retention_12_months,
        {{ rate('(kept.opening_mrr + moved.changed_mrr)', 'kept.opening_mrr') }} as nrr_waterfall_12_months,
        {{ rate(
            '(kept.opening_mrr + moved.changed_mrr + moved.reactivation_mrr)', 'kept.opening_mrr'
        ) }} as nrr_with_reactivation_12_months

    from frame
    left join closings on frame.policy_set = closings.policy_set and frame.month = closings.month
    inner join moved on frame.policy_set = moved.policy_set and frame.month = moved.month
    left join kept on frame.policy_set = kept.policy_set and frame.month = kept.month

),

final as (

    select
        rated.policy_set,
        rated.month,
        rated.renewal_grace_days,
        rated.renewal_grace_days_short_term,
        rated.closing_mrr,
        rated.mrr_in_grace,
        rated.closing_accounts,
        rated.churn_mrr,
        rated.churn_accounts,
        rated.nrr_12_months,
        rated.grr_12_months,
        rated.logo_retention_12_months,
        rated.nrr_waterfall_12_months,
        rated.nrr_with_reactivation_12_months,
        rated.closing_mrr - in_force.closing_mrr as closing_mrr_difference,
        {{ nine_decimals('rated.nrr_12_months - in_force.nrr_12_months') }} as nrr_difference,
        case when rated.nrr_12_months is null then 'no_customers_a_year_before' end as null_reason

    from rated
    inner join rated as in_force on rated.month = in_force.month and in_force.policy_set = 'default'

)

select * from final
