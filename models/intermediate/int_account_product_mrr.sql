-- Grain: one row per account, product and snapshot date with a period on it; MRR 0 is a free period.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

final as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        snapshot_dates.snapshot_date,
        cast(sum(mrr_periods.mrr) as bigint) as mrr,
        cast(sum(case when mrr_periods.is_in_grace then mrr_periods.mrr else 0 end) as bigint) as mrr_in_grace

    from mrr_periods
    inner join snapshot_dates
        on
            mrr_periods.start_date <= snapshot_dates.snapshot_date
            and (
                mrr_periods.end_date_exclusive is null
                or mrr_periods.end_date_exclusive > snapshot_dates.snapshot_date
            )

    group by 1, 2, 3

)

select * from final
