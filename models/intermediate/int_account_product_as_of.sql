{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product held on it or ended and still inside the grace.
-- Only what was known on the date: the end as it stood then. A renewal counts from its start, also if signed before.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

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

known_then as (

    select
        to_build.as_of_date,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.contract_id,
        coalesce(contract_lines.contract_group_id, contract_lines.contract_id) as agreement_id,
        {{ converted_mrr('contract_lines', 'exchange_rates') }} as mrr,
        contract_lines.start_date,
        contract_lines.seats,
        contract_lines.plan,
        contract_lines.term_months,
        coalesce(contract_lines.cancelled_date <= to_build.as_of_date, false)
        or coalesce(contract_lines.replaced_date <= to_build.as_of_date, false) as is_cancelled,
        case
            when contract_lines.end_known_from_date <= to_build.as_of_date then contract_lines.end_date_exclusive
            else contract_lines.earlier_end_date
        end as end_date_exclusive,
        {{ grace_days('contract_lines.term_months', 'policies') }} as grace_days

    from to_build
    inner join contract_lines on to_build.as_of_date >= contract_lines.known_from_date
    cross join policies
    left join exchange_rates
        on contract_lines.currency = exchange_rates.currency and to_build.as_of_date = exchange_rates.rate_date

),

-- The price phases of one agreement are one contract (R6): it ends with the last one that is paid for, and its term is
-- that of all of them.
agreed as (

    select
        *,
        max(
            case
                when mrr > 0 or start_date <= as_of_date then coalesce(end_date_exclusive, cast('9999-12-31' as date))
            end
        ) over agreement as contract_end_date,
        min(start_date) over agreement as contract_start_date,
        min(contract_id) over agreement < max(contract_id) over agreement as is_phased

    from known_then

    where end_date_exclusive is null or end_date_exclusive > start_date

    window agreement as (partition by as_of_date, account_id, product_id, agreement_id)

),

-- Of an account's product: what runs on the day, and otherwise what ended last.
marked as (

    select
        *,
        coalesce(as_of_date < end_date_exclusive, true) as is_active,
        max(coalesce(end_date_exclusive, cast('9999-12-31' as date))) over (
            partition by as_of_date, account_id, product_id
        ) as last_end_date,
        min(case when mrr > 0 then start_date end) over (partition by as_of_date, account_id, product_id)
            as first_paid_date

    from agreed

    where start_date <= as_of_date

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(sum(case when is_active then 0 else mrr end) as bigint) as mrr_in_grace,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(seats) as bigint) as seats,
        cast(max(
            {{ agreed_term_months('is_phased', 'contract_start_date', 'contract_end_date', 'term_months') }}
        ) as int) as term_months,
        max(plan) as plan,
        max(first_paid_date) as first_paid_date,
        -- An open contract has no renewal to wait for.
        case when max(contract_end_date) < cast('9999-12-31' as date) then max(contract_end_date) end as renewal_date

    from marked

    where
        is_active
        or (
            last_end_date <= as_of_date
            and end_date_exclusive = last_end_date
            and not is_cancelled
            and {{ days_between('last_end_date', 'as_of_date') }} < grace_days
        )

    group by 1, 2, 3

)

select * from final
