-- Grain: one row per retention period between month ends with customers at its start: what stands between its
-- same-customer NRR and its waterfalls, from the accounts' monthly movements one by one (R5).

with

periods as (

    select * from {{ ref('int_retention_periods') }}

    where is_month_end

),

account_periods as (

    select * from {{ ref('int_retention_unit_periods') }}

    where unit_type = 'account'

),

cohort as (

    select * from account_periods
    where opening_mrr > 0

),

-- What the cohort would pay more at the exchange rates of the start.
constant_currency as (

    select
        period_end_date,
        horizon_months,
        cast(sum(closing_mrr - closing_mrr_reported) as bigint) as constant_currency_mrr

    from cohort

    group by 1, 2

),

-- The months of every period, account by account, with who was there at its start.
moved as (

    select
        periods.period_end_date,
        periods.horizon_months,
        months.movement_type,
        months.movement_mrr,
        months.fx_mrr,
        cohort.unit_account_id is not null as is_in_cohort

    from periods
    inner join account_periods as months
        on
            periods.period_start_date < months.period_end_date
            and periods.period_end_date >= months.period_end_date
            and months.horizon_months = 1
    left join cohort
        on
            periods.period_end_date = cohort.period_end_date
            and periods.horizon_months = cohort.horizon_months
            and months.unit_account_id = cohort.unit_account_id

),

-- The cohort's own movements lead from its start to its end; the rest is others', or left out by definition.
summed as (

    select
        period_end_date,
        horizon_months,
        cast(sum(
            case
                when not is_in_cohort and movement_type in ('expansion', 'contraction', 'churn') then movement_mrr
                else 0
            end
        ) as bigint) as later_customers_mrr,
        cast(sum(case when is_in_cohort and movement_type = 'reactivation' then movement_mrr else 0 end) as bigint)
            as returned_in_cohort_mrr,
        cast(sum(case when movement_type = 'reactivation' then movement_mrr else 0 end) as bigint) as reactivation_mrr,
        cast(sum(case when is_in_cohort then fx_mrr else 0 end) as bigint) as fx_in_cohort_mrr

    from moved

    group by 1, 2

),

final as (

    select
        constant_currency.period_end_date,
        constant_currency.horizon_months,
        summed.later_customers_mrr,
        -summed.returned_in_cohort_mrr as returned_in_cohort_mrr,
        -summed.fx_in_cohort_mrr - constant_currency.constant_currency_mrr as exchange_rates_mrr,
        summed.reactivation_mrr

    from constant_currency
    inner join summed
        on
            constant_currency.period_end_date = summed.period_end_date
            and constant_currency.horizon_months = summed.horizon_months

)

select * from final
