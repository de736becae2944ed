-- Grain: one row per account, product and snapshot date with a period on it, at that day's exchange rates; MRR 0 is a
-- free period.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

final as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        snapshot_dates.snapshot_date,
        cast(sum({{ converted_mrr('mrr_periods', 'exchange_rates') }}) as bigint) as mrr,
        cast(sum(
            case when mrr_periods.is_in_grace then {{ converted_mrr('mrr_periods', 'exchange_rates') }} else 0 end
        ) as bigint) as mrr_in_grace,
        -- The longest term of what it holds; NULL for open contracts only.
        max(mrr_periods.term_months) as term_months

    from mrr_periods
    inner join snapshot_dates
        on
            mrr_periods.start_date <= snapshot_dates.snapshot_date
            and (
                mrr_periods.end_date_exclusive is null
                or mrr_periods.end_date_exclusive > snapshot_dates.snapshot_date
            )
    left join exchange_rates
        on mrr_periods.currency = exchange_rates.currency and snapshot_dates.snapshot_date = exchange_rates.rate_date

    group by 1, 2, 3

)

select * from final
