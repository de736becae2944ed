-- Grain: one row per period in which an account pays (or would pay, for a gap that counts as a late renewal)
-- a constant amount for a product. The sum of periods active on a day is the MRR of that day (R2, R3).

with

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

coverage_gaps as (

    select * from {{ ref('int_coverage_gaps') }}

),

final as (

    select
        contract_id,
        account_id,
        product_id,
        start_date,
        end_date_exclusive,
        term_months,
        currency,
        is_reporting_currency,
        mrr,
        price_numerator,
        price_denominator,
        discount_mrr,
        seats,
        plan,
        false as is_in_grace

    from known_lines

    union all

    select
        contract_id,
        account_id,
        product_id,
        gap_start_date as start_date,
        gap_end_date as end_date_exclusive,
        term_months,
        currency,
        is_reporting_currency,
        kept_mrr as mrr,
        price_numerator,
        price_denominator,
        discount_mrr,
        seats,
        plan,
        gap_status = 'in_grace' as is_in_grace

    from coverage_gaps

    where gap_status in ('bridged', 'in_grace')

)

select * from final
