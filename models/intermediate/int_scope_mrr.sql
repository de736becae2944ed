-- Grain: one row per scope, account that ever paid in it, and month end (and the as-of date) since its first paid day:
-- what it pays in the scope; 0 once it is gone.

with

members as (

    select * from {{ ref('int_scope_members') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

-- What counts in the scopes of a product, and in all others.
paid as (

    select
        account_id,
        product_id,
        snapshot_date,
        mrr

    from account_product_mrr

    union all

    select
        account_id,
        'all' as product_id,
        snapshot_date,
        mrr

    from account_product_mrr

),

final as (

    select
        members.scope_type,
        members.scope_value,
        members.account_id,
        members.is_opening,
        snapshot_dates.snapshot_date,
        snapshot_dates.month,
        snapshot_dates.is_month_end,
        snapshot_dates.is_as_of_date,
        snapshot_dates.is_final,
        cast(sum(coalesce(paid.mrr, 0)) as bigint) as mrr

    from members
    inner join snapshot_dates
        on
            members.first_paid_date <= snapshot_dates.snapshot_date
            and (snapshot_dates.is_month_end or snapshot_dates.is_as_of_date)
    left join paid
        on
            members.account_id = paid.account_id
            and snapshot_dates.snapshot_date = paid.snapshot_date
            and case when members.scope_type = 'product' then members.scope_value else 'all' end = paid.product_id

    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select * from final
