-- Grain: one row per set of policies, account and complete month with MRR at its end; beside it the same at the exchange
-- rates of a year before, for retention at constant currency.

with

policy_periods as (

    select * from {{ ref('int_policy_periods') }}

),

months as (

    select * from {{ ref('dim_month') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

dated as (

    select
        month,
        month_end_date,
        {{ months_before('month_end_date', 12) }} as year_before_date

    from months

    where is_complete

),

converted as (

    select
        policy_periods.policy_set,
        policy_periods.account_id,
        policy_periods.is_in_grace,
        dated.month,
        {{ converted_mrr('policy_periods', 'exchange_rates') }} as mrr,
        -- A currency without a rate a year ago has not moved.
        coalesce({{ converted_mrr('policy_periods', 'rates_before') }}, {{ converted_mrr('policy_periods', 'exchange_rates') }})
            as mrr_at_rates_before

    from policy_periods
    inner join dated
        on
            policy_periods.start_date <= dated.month_end_date
            and (policy_periods.end_date_exclusive is null or policy_periods.end_date_exclusive > dated.month_end_date)
    left join exchange_rates
        on policy_periods.currency = exchange_rates.currency and dated.month_end_date = exchange_rates.rate_date
    left join exchange_rates as rates_before
        on policy_periods.currency = rates_before.currency and dated.year_before_date = rates_before.rate_date

),

final as (

    select
        policy_set,
        account_id,
        month,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(case when is_in_grace then mrr else 0 end) as bigint) as mrr_in_grace,
        cast(sum(mrr_at_rates_before) as bigint) as mrr_at_rates_before

    from converted

    group by 1, 2, 3

    having sum(mrr) > 0

)

select * from final
