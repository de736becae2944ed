-- Grain: one row per contract line and price phase of a known account. What is known of it when, is said by its dates:
-- nothing before known_from_date, and until end_known_from_date only earlier_end_date.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

line_prices as (

    select * from {{ ref('int_line_prices') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

-- A line of another product that names the one it renews takes its place: the old one is not waited for.
replaced as (

    select
        contracts.contract_id,
        min(successors.start_date) as replaced_date

    from contracts
    inner join contracts as successors
        on
            contracts.contract_id = successors.renewal_of
            and contracts.account_id = successors.account_id
            and contracts.product_id <> successors.product_id

    group by 1

),

-- A line whose account has not arrived waits: it loads, is counted, and comes in by itself later.
of_known_accounts as (

    select
        contracts.*,
        hierarchy.surviving_account_id,
        replaced.replaced_date,
        line_prices.phase_start_date,
        line_prices.phase_end_date,
        line_prices.price_numerator,
        line_prices.price_denominator,
        line_prices.discount_mrr,
        {{ divide_half_away('line_prices.price_numerator', 'line_prices.price_denominator') }} as mrr,
        contracts.currency = currency.currency as is_reporting_currency

    from contracts
    inner join hierarchy on contracts.account_id = hierarchy.account_id
    inner join line_prices on contracts.contract_id = line_prices.contract_id
    cross join currency
    left join replaced on contracts.contract_id = replaced.contract_id

),

dated as (

    select
        *,
        -- An end known only once it came says nothing about the term that was signed.
        coalesce(
            term_months,
            case
                when end_date_meaning <> 'actual_end'
                    then round({{ days_between('start_date', 'end_date_exclusive') }} / {{ days_per_month() }})
            end
        ) as months_of_term,
        coalesce(signed_date, start_date) as known_from_date,
        {{ plus_months('start_date', 'term_months') }} as full_term_end_date

    from of_known_accounts

),

-- An end written in at a cancellation was not known before it: until then the full term stood, or no end at all.
ends as (

    select
        *,
        case
            when end_date_meaning = 'actual_end' then coalesce(cancelled_date, end_date_exclusive)
            when end_date_exclusive < full_term_end_date then coalesce(cancelled_date, known_from_date)
            else known_from_date
        end as end_known_from_date,
        case when end_date_meaning <> 'actual_end' then coalesce(full_term_end_date, end_date_exclusive) end
            as earlier_end_date

    from dated

),

-- A discount ends on its day, or with the line.
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
        end as seats

    from ends

)

select * from final
