-- Grain: one row per contract line and price phase of a known account. A discount ends on its day, or with the line.

with

line_terms as (

    select * from {{ ref('int_line_terms') }}

),

line_prices as (

    select * from {{ ref('int_line_prices') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

priced as (

    select
        line_terms.*,
        line_prices.phase_start_date,
        line_prices.phase_end_date,
        line_prices.price_numerator,
        line_prices.price_denominator,
        line_prices.discount_mrr,
        {{ divide_half_away('line_prices.price_numerator', 'line_prices.price_denominator') }} as mrr,
        line_terms.currency = currency.currency as is_reporting_currency

    from line_terms
    inner join line_prices on line_terms.contract_id = line_prices.contract_id
    cross join currency

),

final as (

    select
        contract_id,
        surviving_account_id as account_id,
        product_id,
        contract_group_id,
        renewal_of,
        plan,
        currency,
        is_reporting_currency,
        phase_start_date as start_date,
        least(
            coalesce(phase_end_date, end_date_exclusive), coalesce(end_date_exclusive, phase_end_date)
        ) as end_date_exclusive,
        cancelled_date,
        replaced_date,
        known_from_date,
        end_known_from_date,
        least(coalesce(phase_end_date, earlier_end_date), coalesce(earlier_end_date, phase_end_date))
            as earlier_end_date,
        cast(months_of_term as int) as term_months,
        cast(mrr as bigint) as mrr,
        price_numerator,
        price_denominator,
        discount_mrr,
        case
            when monthly_amount is null and term_months = 12
                then {{ divide_half_away('12 * price_numerator', 'price_denominator') }}
            else cast(12 * mrr as bigint)
        end as arr,
        -- What rounding a total to whole amounts per month leaves over the term; never a movement.
        case
            when monthly_amount is null
                then {{ divide_half_away('term_months * price_numerator', 'price_denominator') }} - term_months * mrr
            else 0
        end as rounding_minor,
        auto_renew,
        -- Other units (calls, gigabytes) are quantities, not seats.
        case
            when lower(coalesce(quantity_unit, 'seats')) in ('seat', 'seats', 'user', 'users', 'licence', 'licences')
                then cast(quantity as bigint)
        end as seats,
        source_file,
        source_row_number

    from priced

)

select * from final
