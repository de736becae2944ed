-- Grain: one row per account and product of the newest book and scope it is counted in (E4).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

book_scopes as (

    select * from {{ ref('int_book_scopes') }}

),

final as (

    select
        expectations.as_of_date,
        book_scopes.scope_type,
        book_scopes.scope_value,
        expectations.account_id,
        expectations.product_id,
        expectations.mrr,
        expectations.expected_mrr

    from expectations
    inner join spine on expectations.as_of_date = spine.as_of_date and spine.is_latest
    inner join book_scopes
        on expectations.account_id = book_scopes.account_id and expectations.product_id = book_scopes.product_id

)

select * from final
