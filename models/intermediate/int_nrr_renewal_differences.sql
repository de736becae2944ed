-- Grain: one row per retention period with customers at its start: what stands between the change of its same customers
-- and that of the renewals due in it, from every account × product (R5).

with

account_products as (

    select * from {{ ref('int_retention_account_products') }}

),

unit_periods as (

    select * from {{ ref('int_retention_unit_periods') }}

),

periods as (

    select * from {{ ref('int_retention_periods') }}

),

renewals as (

    select * from {{ ref('int_renewals') }}

),

cohort as (

    select
        period_end_date,
        horizon_months,
        unit_account_id as account_id

    from unit_periods

    where unit_type = 'account' and opening_mrr > 0

),

-- What a period changed about an account × product, and what the renewals due in it changed.
changes as (

    select
        period_end_date,
        horizon_months,
        account_id,
        product_id,
        closing_mrr - opening_mrr as period_change_mrr,
        0 as renewal_change_mrr,
        0 as renewals

    from account_products

    union all

    select
        periods.period_end_date,
        periods.horizon_months,
        renewals.account_id,
        renewals.product_id,
        0 as period_change_mrr,
        renewals.renewed_mrr - renewals.due_mrr as renewal_change_mrr,
        1 as renewals

    from periods
    inner join renewals
        on
            periods.period_start_date < renewals.due_date
            and periods.period_end_date >= renewals.due_date
            and renewals.status <> 'open'

),

by_account_product as (

    select
        changes.period_end_date,
        changes.horizon_months,
        changes.account_id,
        changes.product_id,
        cohort.account_id is not null as is_in_cohort,
        sum(changes.renewals) > 0 as has_renewal_due,
        sum(changes.period_change_mrr) as period_change_mrr,
        sum(changes.renewal_change_mrr) as renewal_change_mrr

    from changes
    left join cohort
        on
            changes.period_end_date = cohort.period_end_date
            and changes.horizon_months = cohort.horizon_months
            and changes.account_id = cohort.account_id

    group by 1, 2, 3, 4, 5

),

final as (

    select
        period_end_date,
        horizon_months,
        cast(sum(case when is_in_cohort and not has_renewal_due then -period_change_mrr else 0 end) as bigint)
            as without_renewal_mrr,
        cast(sum(
            case when is_in_cohort and has_renewal_due then renewal_change_mrr - period_change_mrr else 0 end
        ) as bigint) as between_renewals_mrr,
        cast(sum(case when not is_in_cohort then renewal_change_mrr else 0 end) as bigint) as outside_cohort_mrr

    from by_account_product

    group by 1, 2

)

select * from final
