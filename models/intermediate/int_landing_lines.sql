-- Grain: one row per date to be built, target period it lies in, and contract line known on that date that matters for
-- the period (E7): it had not ended for good when the period began.

with

landing_dates as (

    select * from {{ ref('int_landing_dates') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

-- The whole period counts in the exchange rates of its start: a moving currency is no retention.
known_then as (

    select
        landing_dates.as_of_date,
        landing_dates.start_date as period_start_date,
        landing_dates.end_date as period_end_date,
        landing_dates.period_months,
        contract_lines.contract_id,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.term_months,
        {{ converted_mrr('contract_lines', 'exchange_rates') }} as mrr,
        contract_lines.start_date,
        case
            when contract_lines.end_known_from_date <= landing_dates.as_of_date then contract_lines.end_date_exclusive
            else contract_lines.earlier_end_date
        end as end_date_exclusive,
        coalesce(contract_lines.cancelled_date <= landing_dates.as_of_date, false)
        or coalesce(contract_lines.replaced_date <= landing_dates.as_of_date, false) as is_cancelled,
        {{ grace_days('contract_lines.term_months', 'policies') }} as grace_days,
        policies.longest_grace_days

    from landing_dates
    inner join contract_lines on landing_dates.as_of_date >= contract_lines.known_from_date
    cross join policies
    left join exchange_rates
        on contract_lines.currency = exchange_rates.currency and landing_dates.start_date = exchange_rates.rate_date

),

final as (

    select
        as_of_date,
        period_start_date,
        period_end_date,
        period_months,
        contract_id,
        account_id,
        product_id,
        term_months,
        mrr,
        start_date,
        end_date_exclusive,
        is_cancelled,
        grace_days

    from known_then

    where
        end_date_exclusive is null
        or (
            end_date_exclusive > start_date
            and end_date_exclusive > {{ plus_days('period_start_date', '-1 * longest_grace_days') }}
        )

)

select * from final
