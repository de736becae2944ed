-- Grain: one row per set of policies, account and complete month with MRR at its end; beside it the same at the exchange
-- rates of a year before, for retention at constant currency, and of the next month end, for movements without fx.

with

policy_periods as (

    select * from {{ ref('int_policy_periods') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

dated as (

    select
        month,
        snapshot_date as month_end_date,
        {{ months_before('snapshot_date', 12) }} as year_before_date,
        {{ months_before('snapshot_date', -1) }} as next_month_end_date

    from snapshot_dates

    where is_month_end

),

converted as (

    select
        policy_periods.policy_set,
        policy_periods.account_id,
        policy_periods.product_id,
        policy_periods.is_in_grace,
        dated.month,
        {{ converted_mrr('policy_periods', 'exchange_rates') }} as mrr,
        {{ converted_mrr('policy_periods', 'rates_before') }} as mrr_at_rates_before,
        {{ converted_mrr('policy_periods', 'rates_after') }} as mrr_at_rates_after

    from policy_periods
    inner join dated
        on
            policy_periods.start_date <= dated.month_end_date
            and (policy_periods.end_date_exclusive is null or policy_periods.end_date_exclusive > dated.month_end_date)
    left join exchange_rates
        on policy_periods.currency = exchange_rates.currency and dated.month_end_date = exchange_rates.rate_date
    left join exchange_rates as rates_before
        on policy_periods.currency = rates_before.currency and dated.year_before_date = rates_before.rate_date
    left join exchange_rates as rates_after
        on policy_periods.currency = rates_after.currency and dated.next_month_end_date = rates_after.rate_date

),

by_product as (

    select
        policy_set,
        account_id,
        product_id,
        month,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(case when is_in_grace then mrr else 0 end) as bigint) as mrr_in_grace,
        cast(sum(mrr_at_rates_before) as bigint) as mrr_at_rates_before,
        cast(sum(mrr_at_rates_after) as bigint) as mrr_at_rates_after

    from converted

    group by 1, 2, 3, 4

),

-- A rate that makes nothing of a sum of a few yen, or something of nothing, is no fx movement (R4).
final as (

    select
        policy_set,
        account_id,
        month,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(mrr_in_grace) as bigint) as mrr_in_grace,
        cast(sum(mrr_at_rates_before) as bigint) as mrr_at_rates_before,
        cast(sum(case when mrr > 0 and mrr_at_rates_after > 0 then mrr_at_rates_after else mrr end) as bigint)
            as mrr_at_rates_after

    from by_product

    group by 1, 2, 3

    having sum(mrr) > 0

)

select * from final
