-- Grain: one row per account and snapshot date from the first on which it was a customer; 0 once it is gone.

with

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

by_account as (

    select
        account_id,
        snapshot_date,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(mrr_in_grace) as bigint) as mrr_in_grace

    from account_product_mrr

    group by 1, 2

),

first_seen as (

    select
        account_id,
        min(snapshot_date) as first_snapshot_date

    from by_account

    group by 1

),

-- A month without a row would hide the churn in it.
final as (

    select
        first_seen.account_id,
        snapshot_dates.snapshot_date,
        snapshot_dates.month,
        snapshot_dates.is_month_end,
        snapshot_dates.is_as_of_date,
        snapshot_dates.is_final,
        coalesce(by_account.mrr, 0) as mrr,
        coalesce(by_account.mrr_in_grace, 0) as mrr_in_grace,
        by_account.account_id is not null as is_customer

    from first_seen
    inner join snapshot_dates on first_seen.first_snapshot_date <= snapshot_dates.snapshot_date
    left join by_account
        on
            first_seen.account_id = by_account.account_id
            and snapshot_dates.snapshot_date = by_account.snapshot_date

)

select * from final
