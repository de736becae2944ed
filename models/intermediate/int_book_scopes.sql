-- Grain: one row per account and product of the newest book and scope it is counted in (E2, E4).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

book as (

    select expectations.*
    from expectations
    inner join spine on expectations.as_of_date = spine.as_of_date and spine.is_latest

),

final as (

    select
        book.as_of_date,
        account_scopes.scope_type,
        account_scopes.scope_value,
        book.account_id,
        book.product_id,
        book.mrr,
        book.expected_mrr

    from book
    inner join account_scopes
        on
            book.account_id = account_scopes.account_id
            and account_scopes.scope_type in ('all', 'segment', 'owner', 'cohort_year')

    union all

    select
        as_of_date,
        'product' as scope_type,
        product_id as scope_value,
        account_id,
        product_id,
        mrr,
        expected_mrr

    from book

)

select * from final
