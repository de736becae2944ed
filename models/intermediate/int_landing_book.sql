{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, target period it lies in, account that paid when the period began, and product it held
-- then or holds now: what it paid then, what it pays, and what it will pay when the period ends (E7).

with

shares as (

    select * from {{ ref('int_landing_shares') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

by_product as (

    select
        shares.as_of_date,
        shares.period_start_date,
        shares.period_end_date,
        shares.account_id,
        shares.product_id,
        cast(sum(
            case
                when
                    shares.start_date <= shares.period_start_date
                    and coalesce(shares.period_start_date < shares.end_date_exclusive, true)
                    then shares.mrr
                else 0
            end
        ) as bigint) as mrr_at_start,
        cast(sum(case when shares.is_now then shares.mrr else 0 end) as bigint) as mrr_now,
        cast(sum(case when shares.is_expected and shares.is_contracted then shares.mrr else 0 end) as bigint)
            as contracted_mrr,
        cast(sum(case when shares.is_expected and not shares.is_contracted then shares.mrr else 0 end) as bigint)
            as at_risk_mrr,
        cast(sum(
            case
                when not shares.is_expected or (shares.is_cancelled and not shares.is_contracted) then 0
                else cast(shares.mrr as decimal(20, 0)) * cast(
                    {{ nine_decimals('power(coalesce(expectations.expected_nrr, 1), shares.share_of_year)') }}
                    as decimal(12, 9)
                )
            end
        ) as decimal(28, 9)) as landing_mrr

    from shares
    left join expectations
        on
            shares.as_of_date = expectations.as_of_date
            and shares.account_id = expectations.account_id
            and shares.product_id = expectations.product_id

    group by 1, 2, 3, 4, 5

),

-- New customers do not count; what an old one bought since does.
followed as (

    select
        *,
        sum(mrr_at_start) over (partition by as_of_date, period_start_date, period_end_date, account_id)
            as account_mrr_at_start

    from by_product

),

final as (

    select
        as_of_date,
        period_start_date,
        period_end_date,
        account_id,
        product_id,
        mrr_at_start,
        mrr_now,
        contracted_mrr,
        at_risk_mrr,
        landing_mrr

    from followed

    where account_mrr_at_start > 0

)

select * from final
