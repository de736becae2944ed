{% set columns = [
    ('expected_mrr', 'expected_nrr'),
    ('expected_churn_mrr', 'expected_churn_rate'),
    ('expected_contraction_mrr', 'expected_contraction_rate'),
    ('expected_expansion_mrr', 'expected_expansion_rate'),
    ('compounded_mrr_12m', 'compounded_nrr_12m'),
] %}
{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, monthly horizon, account and product under a monthly contract (E2): what it is expected to
-- pay at the end of the horizon, and beside it what its cell is expected to pay in twelve months.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

book_expectations as (

    select * from {{ ref('int_book_expectations') }}

    where term_band = 'monthly'

),

-- As many horizons as a year holds, one after the other, each at the rate of the level of today.
monthly_rates as (

    select
        *,
        {{ nine_decimals('power(expected_nrr, cast(12 as double) / horizon_months)') }} as compounded_nrr_12m

    from {{ ref('int_monthly_rates') }}

),

-- Decimals add up to the same digits in any order.
final as (

    select
        book_expectations.as_of_date,
        monthly_rates.horizon_months,
        book_expectations.account_id,
        book_expectations.product_id,
        book_expectations.mrr,
        {% for column, rate in columns %}
            cast(
                cast(book_expectations.mrr as decimal(19, 0)) * cast(monthly_rates.{{ rate }} as decimal(18, 9))
                as decimal(28, 9)
            ) as {{ column }},
        {% endfor %}
        book_expectations.expected_mrr as expected_mrr_12m,
        monthly_rates.basis

    from book_expectations
    inner join to_build on book_expectations.as_of_date = to_build.as_of_date
    inner join monthly_rates
        on
            book_expectations.as_of_date = monthly_rates.as_of_date
            and coalesce(book_expectations.success_level, -1) = coalesce(monthly_rates.success_level, -1)

)

select * from final
