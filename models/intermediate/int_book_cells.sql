{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product held on it: its MRR, what is contracted of it for the year ahead, and
-- the cell it belongs to (E1): success level x contract term x months to renewal, all as known on that date.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

commitments as (

    select * from {{ ref('int_book_commitments') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

bands as (

    select * from {{ ref('bands') }}

),

book as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        account_products.mrr,
        coalesce(commitments.base_mrr, account_products.mrr) as base_mrr,
        account_products.term_months,
        account_levels.success_level,
        coalesce(commitments.is_year_covered, false) as is_year_covered,
        coalesce(commitments.is_notice_given, false) as is_notice_given,
        commitments.account_id is not null and commitments.committed_until_date is null as is_open_ended,
        {{ months_to_renewal(
            'account_products.as_of_date',
            'coalesce(commitments.committed_until_date, account_products.renewal_date)'
        ) }} as months_to_renewal

    from account_products
    inner join to_build on account_products.as_of_date = to_build.as_of_date
    left join commitments
        on
            account_products.as_of_date = commitments.as_of_date
            and account_products.account_id = commitments.account_id
            and account_products.product_id = commitments.product_id
    left join account_levels
        on
            account_products.as_of_date = account_levels.as_of_date
            and account_products.account_id = account_levels.account_id
            and account_products.product_id = account_levels.product_id

    where account_products.mrr > 0

),

-- A contract without an end falls into no band, nor does one that was given notice: they are kinds of their own. What is
-- covered on the day a year on is not due before it.
final as (

    select
        book.as_of_date,
        book.account_id,
        book.product_id,
        book.mrr,
        book.base_mrr,
        book.success_level,
        coalesce(term_bands.band, 'open-ended') as term_band,
        case when book.is_notice_given then 'notice given' else coalesce(renewal_bands.band, 'open-ended') end
            as renewal_band

    from book
    left join bands as term_bands on {{ in_band('term_bands', 'term', 'book.term_months') }}
    left join bands as renewal_bands
        on
            not book.is_open_ended
            and {{ in_band(
                'renewal_bands',
                'renewal',
                'case when book.is_year_covered then greatest(book.months_to_renewal, 13) else book.months_to_renewal end'
            ) }}

)

select * from final
