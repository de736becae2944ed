-- Grain: one row per contract line and price phase (a discount that ends makes two) as known on the newest as-of date:
-- what MRR is made of, traceable to the delivered row (R1, T1).

with

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

final as (

    select
        contract_id,
        start_date,
        end_date_exclusive,
        account_id,
        product_id,
        contract_group_id,
        renewal_of,
        plan,
        seats,
        term_months,
        is_cancelled,
        auto_renew,
        mrr,
        arr,
        discount_mrr,
        rounding_minor,
        currency,
        source_file,
        source_row_number

    from known_lines

)

select * from final
