-- Grain: one row per product ever sold.

with

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

product_profiles as (

    select * from {{ ref('product_profiles') }}

),

sold as (

    select
        product_id,
        min(start_date) as first_start_date

    from contract_lines

    group by 1

),

latest as (

    select snapshot_date from snapshot_dates
    where is_as_of_date

),

today as (

    select
        account_product_mrr.product_id,
        cast(count(*) as bigint) as accounts,
        cast(sum(account_product_mrr.mrr) as bigint) as mrr

    from account_product_mrr
    inner join snapshot_dates
        on account_product_mrr.snapshot_date = snapshot_dates.snapshot_date and snapshot_dates.is_as_of_date

    group by 1

),

final as (

    select
        sold.product_id,
        coalesce(product_profiles.product_profile, 'default') as product_profile,
        sold.first_start_date,
        coalesce(today.accounts, 0) as accounts,
        coalesce(today.mrr, 0) as mrr

    from sold
    cross join latest
    left join product_profiles
        on
            sold.product_id = product_profiles.product_id
            and latest.snapshot_date >= product_profiles.valid_from
            and latest.snapshot_date < coalesce(product_profiles.valid_to_exclusive, cast('9999-12-31' as date))
    left join today on sold.product_id = today.product_id

)

select * from final
