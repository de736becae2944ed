{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product under contract on it or later: what is known of the year ahead (E1).
-- A renewal that is signed and a price step that is agreed are known, and so is a notice that was given.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

known_then as (

    select
        to_build.as_of_date,
        {{ months_before('to_build.as_of_date', '-12') }} as year_later_date,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.contract_id,
        contract_lines.start_date,
        {{ converted_mrr('contract_lines', 'exchange_rates') }} as mrr,
        coalesce(contract_lines.cancelled_date <= to_build.as_of_date, false) as is_cancelled,
        coalesce(
            case
                when contract_lines.end_known_from_date <= to_build.as_of_date then contract_lines.end_date_exclusive
                else contract_lines.earlier_end_date
            end, cast('9999-12-31' as date)
        ) as end_date_exclusive

    from to_build
    inner join contract_lines on to_build.as_of_date >= contract_lines.known_from_date
    left join exchange_rates
        on contract_lines.currency = exchange_rates.currency and to_build.as_of_date = exchange_rates.rate_date

),

contracts as (

    select
        *,
        min(start_date) over contract as contract_start_date,
        max(end_date_exclusive) over contract as contract_end_date

    from known_then

    where end_date_exclusive > start_date

    window contract as (partition by as_of_date, contract_id, account_id, product_id)

),

ahead as (

    select
        *,
        max(contract_end_date) over product as committed_until_date,
        max(case when contract_start_date > as_of_date then 1 else 0 end) over product = 1 as is_signed_ahead,
        min(case when is_cancelled then 1 else 0 end) over product = 1 as is_cancelled_whole

    from contracts

    where contract_end_date > as_of_date

    window product as (partition by as_of_date, account_id, product_id)

),

-- The day whose price is known: a year on, or the last one before an end. What is signed for later takes the place of
-- what runs today; otherwise every contract is looked at on its own last day.
priced as (

    select
        *,
        least(
            year_later_date,
            {{ plus_days('case when is_signed_ahead then committed_until_date else contract_end_date end', '-1') }}
        ) as priced_date

    from ahead

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        case when max(committed_until_date) < cast('9999-12-31' as date) then max(committed_until_date) end
            as committed_until_date,
        max(committed_until_date) > max(year_later_date) as is_year_covered,
        max(case when is_cancelled_whole then 1 else 0 end) = 1
        and max(committed_until_date) <= max(year_later_date) as is_notice_given,
        cast(coalesce(sum(
            case when start_date <= priced_date and priced_date < end_date_exclusive then mrr end
        ), 0) as bigint) as base_mrr

    from priced

    group by 1, 2, 3

)

select * from final
