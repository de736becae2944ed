-- Grain: one row per contract line, as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'contracts') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        -- ids
        contract_id,
        account_id,
        product_id,
        contract_group_id,
        renewal_of,

        -- money: minor units of the contract's currency
        currency,
        monthly_amount,
        total_amount,
        list_amount,
        discount_amount,
        discount_end_date,
        tax_included,

        -- terms
        plan,
        quantity,
        quantity_unit,
        term_months,
        billing_period_months,
        auto_renew,

        -- dates: half-open; an open contract has no end
        start_date,
        end_date_exclusive,
        end_date_meaning,
        signed_date,
        cancelled_date,
        cancel_reason,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (partition by contract_id order by _delivery desc, _source_file desc, _row_number desc) = 1

)

select * from renamed
