-- Grain: one row per matured window (month end and horizon), account and product: its MRR at the window's end, or 0 and
-- the day its paid coverage ended, if that was inside the window or inside the grace before it.
-- The outcome is what was known once the grace after the window's end had passed, so a later as-of date never
-- sees another outcome (no look-ahead, no restatement).

with

spans as (

    select * from {{ ref('int_window_spans') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

known_lines as (

    select
        spans.window_start_date,
        spans.horizon_months,
        spans.window_end_date,
        policies.longest_grace_days,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.start_date,
        {{ converted_mrr('contract_lines', 'exchange_rates') }} as mrr,
        coalesce(
            case
                when contract_lines.end_known_from_date <= spans.matured_date
                    then contract_lines.end_date_exclusive
                else contract_lines.earlier_end_date
            end, cast('9999-12-31' as date)
        ) as end_date_exclusive,
        {{ grace_days('contract_lines.term_months', 'policies') }} as grace_days

    from spans
    cross join policies
    inner join contract_lines
        on
            spans.matured_date >= contract_lines.known_from_date
            and spans.matured_date >= contract_lines.start_date
    -- At the rates of the window's start: a moving currency is no retention.
    left join exchange_rates
        on
            contract_lines.currency = exchange_rates.currency
            and spans.window_start_date = exchange_rates.rate_date

),

running as (

    select * from known_lines
    where end_date_exclusive > start_date

),

marked as (

    select
        *,
        start_date <= window_end_date and window_end_date < end_date_exclusive as is_active,
        max(case when start_date <= window_end_date then end_date_exclusive end) over product as last_end_date,
        max(case when start_date <= window_end_date and mrr > 0 then end_date_exclusive end) over product
            as last_paid_end_date,
        min(case when start_date > window_end_date then start_date end) over product as next_start_date

    from running

    window product as (partition by window_start_date, horizon_months, account_id, product_id)

),

-- Lines running on the last day, or those that had just ended and were renewed inside the grace.
summed as (

    select
        window_start_date,
        horizon_months,
        account_id,
        product_id,
        max(longest_grace_days) as longest_grace_days,
        max(last_paid_end_date) as last_paid_end_date,
        cast(coalesce(sum(
            case
                when
                    is_active
                    or (
                        last_end_date <= window_end_date
                        and end_date_exclusive = last_end_date
                        and {{ days_between('last_end_date', 'next_start_date') }} <= grace_days
                    )
                    then mrr
            end
        ), 0) as bigint) as mrr,
        count(case when is_active then 1 end) > 0 as is_active

    from marked

    group by 1, 2, 3, 4

),

final as (

    select
        window_start_date,
        horizon_months,
        account_id,
        product_id,
        mrr,
        case when mrr = 0 then last_paid_end_date end as ended_date

    from summed

    where
        mrr > 0
        or is_active
        or last_paid_end_date >= {{ plus_days('window_start_date', '-1 * longest_grace_days') }}

)

select * from final
