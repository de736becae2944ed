-- Grain: one row per contract line and price phase (a discount that ends makes two): the exact price per month without
-- tax, as a fraction of whole minor units of the line's own currency. Nothing is rounded yet (R1).

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

tax_rates as (

    select * from {{ ref('tax_rates') }}

),

tax_periods as (

    select
        currency,
        tax_basis_points,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from), cast('9999-12-31' as date)
        ) as valid_to_exclusive

    from tax_rates

),

-- The tax contained in an amount is that of the day the line starts.
taxed as (

    select
        contracts.contract_id,
        contracts.start_date,
        contracts.monthly_amount,
        contracts.total_amount,
        contracts.term_months,
        contracts.list_amount,
        contracts.discount_amount,
        contracts.discount_end_date,
        coalesce(tax_periods.tax_basis_points, 0) as tax_basis_points

    from contracts
    left join tax_periods
        on
            case when contracts.tax_included then contracts.currency end = tax_periods.currency
            and contracts.start_date >= tax_periods.valid_from
            and contracts.start_date < tax_periods.valid_to_exclusive

),

amounts as (

    select
        contract_id,
        start_date,
        list_amount,
        coalesce(monthly_amount, total_amount) as amount,
        case when monthly_amount is null then term_months else 1 end as amount_months,
        -- Without tax: 110 yen of which 10 are tax are 110 * 10,000 / 11,000.
        case when tax_basis_points > 0 then 10000 else 1 end as tax_numerator,
        case when tax_basis_points > 0 then 10000 + tax_basis_points else 1 end as tax_denominator,
        coalesce(
            discount_amount,
            case when monthly_amount is not null then list_amount - monthly_amount end,
            0
        ) as discount,
        -- A total is spread over its term as it is.
        case when monthly_amount is not null then discount_end_date end as discount_end_date

    from taxed

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
