-- Grain: one row per as-of date, account and product held on it: what is expected of it in twelve months, and by which cell.

with

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        mrr,
        base_mrr,
        success_level,
        term_band,
        renewal_band,
        expected_nrr,
        cast(expected_mrr as decimal(28, 9)) as expected_mrr,
        basis

    from expectations

)

select * from final
