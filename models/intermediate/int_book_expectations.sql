{% set columns = [
    ('expected_mrr', 'expected_nrr'),
    ('expected_churn_mrr', 'expected_churn_rate'),
    ('expected_contraction_mrr', 'expected_contraction_rate'),
    ('expected_expansion_mrr', 'expected_expansion_rate'),
] %}
{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product paid for on it: what it is expected to pay in twelve months, and which
-- parts of what is contracted it is expected to lose and to gain (E1).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

-- Decimals add up to the same digits in any order.
final as (

    select
        book_cells.as_of_date,
        book_cells.account_id,
        book_cells.product_id,
        book_cells.mrr,
        book_cells.base_mrr,
        book_cells.success_level,
        book_cells.term_band,
        book_cells.renewal_band,
        level_rates.expected_nrr,
        {% for column, rate in columns %}
            cast(cast(book_cells.base_mrr as decimal(18, 0)) * cast(level_rates.{{ rate }} as decimal(10, 9)) as decimal(28, 9))
                as {{ column }},
        {% endfor %}
        level_rates.basis

    from book_cells
    inner join to_build on book_cells.as_of_date = to_build.as_of_date
    inner join level_rates
        on
            book_cells.as_of_date = level_rates.as_of_date
            and coalesce(book_cells.success_level, -1) = coalesce(level_rates.success_level, -1)
            and book_cells.term_band = level_rates.term_band
            and book_cells.renewal_band = level_rates.renewal_band

)

select * from final
