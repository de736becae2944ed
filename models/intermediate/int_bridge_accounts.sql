-- Grain: one row per pair of dates of int_bridge_dates and account in either book: its parts of the bridge in money, and what
-- its parts of the rate are worked out from (E3).

with

units as (

    select * from {{ ref('int_bridge_units') }}

),

-- A product held on one of the dates only has left or come, whatever else the account holds.
final as (

    select
        from_date,
        to_date,
        account_id,
        cast(sum(mrr_from) as bigint) as mrr_from,
        cast(sum(mrr_to) as bigint) as mrr_to,
        cast(sum(case when membership = 'both' then mrr_from else 0 end) as bigint) as mrr_from_both,
        cast(sum(case when membership = 'both' then mrr_to else 0 end) as bigint) as mrr_to_both,
        cast(sum(case when membership = 'both' then expected_from else 0 end) as decimal(28, 9)) as expected_from_both,
        cast(sum(expected_sized) as decimal(28, 9)) as expected_sized,
        cast(sum(expected_to - expected_from) as decimal(28, 9)) as change_mrr,
        cast(sum(case when membership = 'both' then expected_sized - expected_from else 0 end) as decimal(28, 9))
            as size_mrr,
        cast(sum(expected_levelled - expected_sized) as decimal(28, 9)) as level_mrr,
        cast(sum(expected_contracted - expected_levelled) as decimal(28, 9)) as contract_mrr,
        cast(sum(case when membership = 'both' then expected_to - expected_contracted else 0 end) as decimal(28, 9))
            as rate_mrr,
        cast(-sum(case when membership = 'left' then expected_from else 0 end) as decimal(28, 9)) as left_mrr,
        cast(sum(case when membership = 'came' then expected_to else 0 end) as decimal(28, 9)) as came_mrr

    from units

    group by 1, 2, 3

)

select * from final
