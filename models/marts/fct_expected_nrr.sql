{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product held on it: what is expected of it in twelve months, and by which cell.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

final as (

    select
        expectations.as_of_date,
        expectations.account_id,
        expectations.product_id,
        expectations.mrr,
        expectations.base_mrr,
        expectations.success_level,
        expectations.term_band,
        expectations.renewal_band,
        expectations.expected_nrr,
        cast(expectations.expected_mrr as decimal(28, 9)) as expected_mrr,
        expectations.basis

    from expectations
    inner join to_build on expectations.as_of_date = to_build.as_of_date

)

select * from final
