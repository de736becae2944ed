-- Grain: one row per window start (a month end whose window has matured), account and product paid for a year later.
-- The outcome is what was known once the grace after the window's end had passed, so a later as-of date never
-- sees another outcome (no look-ahead, no restatement).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

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

latest as (

    select as_of_date from spine
    where is_latest

),

windows as (

    select
        spine.as_of_date as window_start_date,
        {{ months_before('spine.as_of_date', -12) }} as window_end_date,
        policies.longest_grace_days,
        policies.renewal_grace_days,
        policies.renewal_grace_days_short_term,
        policies.short_term_below_months

    from spine
    cross join policies

    where spine.is_month_end

),

matured as (

    select
        windows.*,
        {{ plus_days('windows.window_end_date', 'windows.longest_grace_days') }} as matured_date

    from windows
    cross join latest

    where {{ plus_days('windows.window_end_date', 'windows.longest_grace_days') }} <= latest.as_of_date

),

known_lines as (

    select
        matured.window_start_date,
        matured.window_end_date,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.start_date,
        {{ converted_mrr('contract_lines', 'exchange_rates') }} as mrr,
        coalesce(
            case
                when contract_lines.end_known_from_date <= matured.matured_date
                    then contract_lines.end_date_exclusive
                else contract_lines.earlier_end_date
            end, cast('9999-12-31' as date)
        ) as end_date_exclusive,
        {{ grace_days('contract_lines.term_months', 'matured') }} as grace_days

    from matured
    inner join contract_lines
        on
            matured.matured_date >= contract_lines.known_from_date
            and matured.matured_date >= contract_lines.start_date
    -- At the rates of the window's start: a moving currency is no retention.
    left join exchange_rates
        on
            contract_lines.currency = exchange_rates.currency
            and matured.window_start_date = exchange_rates.rate_date

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
        min(case when start_date > window_end_date then start_date end) over product as next_start_date

    from running

    window product as (partition by window_start_date, account_id, product_id)

),

-- Lines running on the last day, or those that had just ended and were renewed inside the grace.
final as (

    select
        window_start_date,
        account_id,
        product_id,
        cast(sum(mrr) as bigint) as mrr

    from marked

    where
        is_active
        or (
            last_end_date <= window_end_date
            and end_date_exclusive = last_end_date
            and {{ days_between('last_end_date', 'next_start_date') }} <= grace_days
        )

    group by 1, 2, 3

)

select * from final
