-- Grain: one row per set of policies and complete month: what the same contracts say under another grace (T5).

with

policy_mrr as (

    select * from {{ ref('int_policy_mrr') }}

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

-- Who paid at the end of the month before and pays nothing now.
churned as (

    select
        opened.policy_set,
        {{ plus_months('opened.month', 1) }} as month,
        cast(count(*) as bigint) as churn_accounts,
        cast(sum(opened.mrr) as bigint) as churn_mrr

    from policy_mrr as opened
    left join policy_mrr as closed
        on
            opened.policy_set = closed.policy_set
            and opened.account_id = closed.account_id
            and {{ plus_months('opened.month', 1) }} = closed.month

    where closed.account_id is null

    group by 1, 2

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
        coalesce(churned.churn_mrr, 0) as churn_mrr,
        coalesce(churned.churn_accounts, 0) as churn_accounts,
        {{ rate('kept.retained_mrr', 'kept.opening_mrr') }} as nrr_12_months,
        {{ rate('kept.retained_mrr_gross', 'kept.opening_mrr') }} as grr_12_months,
        {{ rate('kept.retained_accounts', 'kept.accounts') }} as logo_retention_12_months

    from frame
    left join closings on frame.policy_set = closings.policy_set and frame.month = closings.month
    left join churned on frame.policy_set = churned.policy_set and frame.month = churned.month
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
        -1 * rated.churn_mrr as churn_mrr,
        rated.churn_accounts,
        rated.nrr_12_months,
        rated.grr_12_months,
        rated.logo_retention_12_months,
        rated.closing_mrr - in_force.closing_mrr as closing_mrr_difference,
        {{ nine_decimals('rated.nrr_12_months - in_force.nrr_12_months') }} as nrr_difference,
        case when rated.nrr_12_months is null then 'no_customers_a_year_before' end as null_reason

    from rated
    inner join rated as in_force on rated.month = in_force.month and in_force.policy_set = 'default'

)

select * from final
