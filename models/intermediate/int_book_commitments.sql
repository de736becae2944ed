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

-- What begins when another one ends takes its place, if that is within the year.
ahead as (

    select
        *,
        coalesce(
            max(case when contract_start_date <= year_later_date then contract_start_date end) over product
            >= contract_end_date, false
        ) as is_followed

    from contracts

    where contract_end_date > as_of_date and contract_start_date <= year_later_date

    window product as (partition by as_of_date, account_id, product_id)

),

-- The price that is known last: a year on, or on the last day before the end.
priced as (

    select
        as_of_date,
        year_later_date,
        account_id,
        product_id,
        contract_id,
        contract_end_date,
        min(case when is_cancelled then 1 else 0 end) = 1 as is_cancelled,
        coalesce(sum(
            case
                when
                    start_date <= least(year_later_date, {{ plus_days('contract_end_date', '-1') }})
                    and end_date_exclusive > least(year_later_date, {{ plus_days('contract_end_date', '-1') }})
                    then mrr
            end
        ), 0) as mrr

    from ahead

    where not is_followed

    group by 1, 2, 3, 4, 5, 6

),

-- Of several contracts the dearest says when the product is due.
ranked as (

    select
        *,
        row_number() over (
            partition by as_of_date, account_id, product_id order by mrr desc, contract_end_date desc, contract_id asc
        ) as place

    from priced

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        max(case when place = 1 and contract_end_date < cast('9999-12-31' as date) then contract_end_date end)
            as committed_until_date,
        max(case when place = 1 and contract_end_date > year_later_date then 1 else 0 end) = 1 as is_year_covered,
        min(case when is_cancelled and contract_end_date <= year_later_date then 1 else 0 end) = 1 as is_notice_given,
        cast(sum(mrr) as bigint) as base_mrr

    from ranked

    group by 1, 2, 3

)

select * from final
