-- Grain: one row per contract line and price phase (a discount that ends makes two): the exact price per month without
-- tax, as a fraction of whole minor units of the line's own currency. Nothing is rounded yet (R1).

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

tax_rates as (

    select * from {{ ref('tax_rates') }}

),

-- The tax contained in an amount is that of the day the line starts.
taxed as (

    select
        contracts.contract_id,
        coalesce(tax_rates.tax_basis_points, 0) as tax_basis_points

    from contracts
    left join tax_rates
        on
            contracts.tax_included
            and contracts.currency = tax_rates.currency
            and contracts.start_date >= tax_rates.valid_from

    qualify row_number() over (partition by contracts.contract_id order by tax_rates.valid_from desc nulls last) = 1

),

amounts as (

    select
        contracts.contract_id,
        contracts.start_date,
        contracts.list_amount,
        coalesce(contracts.monthly_amount, contracts.total_amount) as amount,
        case when contracts.monthly_amount is null then contracts.term_months else 1 end as amount_months,
        -- Without tax: 110 yen of which 10 are tax are 110 * 10,000 / 11,000.
        case when taxed.tax_basis_points > 0 then 10000 else 1 end as tax_numerator,
        case when taxed.tax_basis_points > 0 then 10000 + taxed.tax_basis_points else 1 end as tax_denominator,
        coalesce(
            contracts.discount_amount,
            case when contracts.monthly_amount is not null then contracts.list_amount - contracts.monthly_amount end,
            0
        ) as discount,
        -- A total is spread over its term as it is.
        case when contracts.monthly_amount is not null then contracts.discount_end_date end as discount_end_date

    from contracts
    inner join taxed on contracts.contract_id = taxed.contract_id

),

phases as (

    select
        contract_id,
        start_date as phase_start_date,
        case when discount_end_date > start_date then discount_end_date end as phase_end_date,
        amount,
        amount_months,
        discount,
        tax_numerator,
        tax_denominator

    from amounts

    where discount_end_date is null or discount_end_date > start_date

    union all

    select
        contract_id,
        greatest(discount_end_date, start_date) as phase_start_date,
        cast(null as date) as phase_end_date,
        coalesce(list_amount, amount + discount) as amount,
        amount_months,
        0 as discount,
        tax_numerator,
        tax_denominator

    from amounts

    where discount_end_date is not null

),

final as (

    select
        contract_id,
        phase_start_date,
        phase_end_date,
        cast(amount * tax_numerator as bigint) as price_numerator,
        cast(amount_months * tax_denominator as bigint) as price_denominator,
        {{ divide_half_away('discount * tax_numerator', 'tax_denominator') }} as discount_mrr

    from phases

)

select * from final
