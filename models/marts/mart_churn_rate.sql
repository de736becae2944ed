-- Grain: one row per complete month and scope: who left, of all customers and of those who could leave (R7).

with

opening_customers as (

    select * from {{ ref('int_opening_customers') }}

),

members as (

    select * from {{ ref('int_scope_members') }}

),

months as (

    select * from {{ ref('dim_month') }}

),

scope_values as (

    select distinct
        scope_type,
        scope_value

    from members

),

totals as (

    select
        month,
        scope_type,
        scope_value,
        cast(count(*) as bigint) as opening_accounts,
        cast(count(case when has_churned then 1 end) as bigint) as churned_accounts,
        cast(count(case when could_churn then 1 end) as bigint) as could_churn_accounts,
        cast(count(case when could_churn and has_churned then 1 end) as bigint) as could_churn_churned_accounts,
        cast(sum(opening_mrr) as bigint) as opening_mrr,
        cast(sum(case when has_churned then opening_mrr else 0 end) as bigint) as churned_mrr,
        cast(sum(case when could_churn then opening_mrr else 0 end) as bigint) as could_churn_mrr,
        cast(sum(case when could_churn and has_churned then opening_mrr else 0 end) as bigint)
            as could_churn_churned_mrr

    from opening_customers

    group by 1, 2, 3

),

-- Every month has its row in every scope, also where nobody paid at its opening.
framed as (

    select
        months.month,
        months.is_final,
        scope_values.scope_type,
        scope_values.scope_value,
        coalesce(totals.opening_accounts, 0) as opening_accounts,
        coalesce(totals.churned_accounts, 0) as churned_accounts,
        coalesce(totals.could_churn_accounts, 0) as could_churn_accounts,
        coalesce(totals.could_churn_churned_accounts, 0) as could_churn_churned_accounts,
        coalesce(totals.opening_mrr, 0) as opening_mrr,
        coalesce(totals.churned_mrr, 0) as churned_mrr,
        coalesce(totals.could_churn_mrr, 0) as could_churn_mrr,
        coalesce(totals.could_churn_churned_mrr, 0) as could_churn_churned_mrr

    from months
    cross join scope_values
    left join totals
        on
            months.month = totals.month
            and scope_values.scope_type = totals.scope_type
            and scope_values.scope_value = totals.scope_value

    where months.is_complete

),

-- A mean of twelve monthly rates, each weighted by the customers it stands on.
with_year as (

    select
        *,
        count(case when opening_accounts > 0 then 1 end) over last_year as months_with_customers,
        cast(sum(opening_accounts) over last_year as bigint) as account_months_12m,
        cast(sum(churned_accounts) over last_year as bigint) as churned_accounts_12m

    from framed

    window last_year as (
        partition by scope_type, scope_value order by month
        rows between 11 preceding and current row
    )

),

final as (

    select
        month,
        scope_type,
        scope_value,
        opening_accounts,
        churned_accounts,
        {{ rate('churned_accounts', 'opening_accounts') }} as churn_rate,
        could_churn_accounts,
        could_churn_churned_accounts,
        {{ rate('could_churn_churned_accounts', 'could_churn_accounts') }} as could_churn_rate,
        opening_mrr,
        churned_mrr,
        {{ rate('churned_mrr', 'opening_mrr') }} as mrr_churn_rate,
        could_churn_mrr,
        could_churn_churned_mrr,
        {{ rate('could_churn_churned_mrr', 'could_churn_mrr') }} as could_churn_mrr_rate,
        account_months_12m,
        churned_accounts_12m,
        {{ rate('case when months_with_customers = 12 then churned_accounts_12m end', 'account_months_12m') }}
            as churn_rate_mean_12m,
        is_final,
        case when opening_accounts = 0 then 'no_customers_at_start' end as null_reason,
        case
            when opening_accounts = 0 then 'no_customers_at_start'
            when could_churn_accounts = 0 then 'nobody_could_leave'
        end as could_churn_null_reason,
        case when months_with_customers < 12 then 'less_than_12_months_with_customers' end as null_reason_12m

    from with_year

)

select * from final
