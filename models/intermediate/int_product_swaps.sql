-- Grain: one row per account, complete month and product that was exchanged for another: a product dropped and one
-- gained in the same month, the new contract naming the old one as what it renews (R4).

with

product_changes as (

    select * from {{ ref('int_product_mrr_changes') }}

),

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

renewals_by_another_product as (

    select
        old_lines.account_id,
        old_lines.product_id as dropped_product_id,
        new_lines.product_id as gained_product_id,
        new_lines.start_date,
        new_lines.end_date_exclusive

    from known_lines as new_lines
    inner join known_lines as old_lines
        on
            new_lines.renewal_of = old_lines.contract_id
            and new_lines.account_id = old_lines.account_id
            and new_lines.product_id <> old_lines.product_id

),

swaps as (

    select
        gained.account_id,
        gained.month,
        gained.product_id as gained_product_id,
        dropped.product_id as dropped_product_id

    from product_changes as gained
    inner join renewals_by_another_product as renewals
        on
            gained.account_id = renewals.account_id
            and gained.product_id = renewals.gained_product_id
            and renewals.start_date <= last_day(gained.month)
            and (renewals.end_date_exclusive is null or renewals.end_date_exclusive > last_day(gained.month))
    inner join product_changes as dropped
        on
            renewals.account_id = dropped.account_id
            and renewals.dropped_product_id = dropped.product_id
            and gained.month = dropped.month

    where
        gained.opening_mrr = 0
        and gained.closing_mrr > 0
        and dropped.opening_mrr > 0
        and dropped.closing_mrr = 0

),

-- The swap is counted where it led to.
final as (

    select distinct
        account_id,
        month,
        gained_product_id as product_id,
        1 as movements

    from swaps

    union all

    select distinct
        account_id,
        month,
        dropped_product_id as product_id,
        0 as movements

    from swaps

)

select * from final
