-- Grain: one row per contract line of a known account. What is known of it when, is said by its dates:
-- nothing before known_from_date, and until end_known_from_date only earlier_end_date.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

-- A line whose account has not arrived waits: it loads, is counted, and comes in by itself later.
of_known_accounts as (

    select contracts.*
    from contracts
    inner join accounts on contracts.account_id = accounts.account_id

),

-- A price per month, or a total spread over its months: rounded once per line, never summed before rounding (R1).
priced as (

    select
        *,
        coalesce(monthly_amount, {{ divide_half_away('total_amount', 'term_months') }}) as mrr,
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
final as (

    select
        contract_id,
        account_id,
        product_id,
        contract_group_id,
        renewal_of,
        plan,
        currency,
        auto_renew,
        start_date,
        end_date_exclusive,
        cancelled_date,
        known_from_date,
        case
            when end_date_meaning = 'actual_end' then coalesce(cancelled_date, end_date_exclusive)
            when end_date_exclusive < full_term_end_date then coalesce(cancelled_date, known_from_date)
            else known_from_date
        end as end_known_from_date,
        case when end_date_meaning <> 'actual_end' then coalesce(full_term_end_date, end_date_exclusive) end
            as earlier_end_date,
        cast(months_of_term as int) as term_months,
        cast(mrr as bigint) as mrr,
        -- Other units (calls, gigabytes) are quantities, not seats.
        case
            when lower(coalesce(quantity_unit, 'seats')) in ('seat', 'seats', 'user', 'users', 'licence', 'licences')
                then cast(quantity as bigint)
        end as seats

    from priced

)

select * from final
