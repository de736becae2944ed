{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per row of int_account_units (as-of date, customer, and product or `all`): what its contracts say.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

year_before as (

    select
        as_of_date,
        {{ months_before('as_of_date', 12) }} as same_day

    from to_build

),

-- What stood twelve months before was kept for month ends only, days in between thin out: the newest month end by
-- then, also where a day happens to be there, so that the figure never depends on what else was built.
compared_with as (

    select
        as_of_date,
        case
            when same_day = last_day(same_day) then same_day
            else last_day({{ plus_months('same_day', '-1') }})
        end as then_date

    from year_before

),

-- A product that was added later is younger than the customer, and ends on a day of its own.
measured as (

    select
        account_units.as_of_date,
        account_units.account_id,
        account_units.product_id,
        floor(
            case
                when account_units.measured_as = 'all' then account_as_of.tenure_days
                else {{ days_between('account_units.first_paid_date', 'account_units.as_of_date') }}
            end / {{ days_per_month() }}
        ) as tenure_months,
        case
            when account_units.product_id = 'all' then account_as_of.months_to_renewal
            else {{ months_to_renewal('account_units.as_of_date', 'account_products.renewal_date') }}
        end as months_to_renewal,
        account_units.mrr,
        units_then.mrr as mrr_then,
        case
            when units_then.mrr > 0 then null
            when account_units.first_paid_date > compared_with.then_date then 'customer_for_less_than_12_months'
            when account_units.first_paid_date is not null and compared_with.then_date < history_start.start_date
                then 'history_starts_later'
            else 'no_mrr_12_months_before'
        end as change_null_reason

    from account_units
    inner join compared_with on account_units.as_of_date = compared_with.as_of_date
    cross join history_start
    inner join account_as_of
        on account_units.as_of_date = account_as_of.as_of_date and account_units.account_id = account_as_of.account_id
    left join account_products
        on
            account_units.as_of_date = account_products.as_of_date
            and account_units.account_id = account_products.account_id
            and account_units.product_id = account_products.product_id
    left join account_units as units_then
        on
            compared_with.then_date = units_then.as_of_date
            and account_units.account_id = units_then.account_id
            and account_units.product_id = units_then.product_id

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(tenure_months as double) as tenure_months_numerator,
        cast(case when tenure_months is not null then 1 end as double) as tenure_months_denominator,
        case when tenure_months is null then 'never_paid_for' end as tenure_months_null_reason,
        cast(months_to_renewal as double) as months_to_renewal_numerator,
        cast(case when months_to_renewal is not null then 1 end as double) as months_to_renewal_denominator,
        case when months_to_renewal is null then 'contract_without_end' end as months_to_renewal_null_reason,
        cast(case when change_null_reason is null then mrr end as double) as mrr_change_12m_numerator,
        cast(case when change_null_reason is null then mrr_then end as double) as mrr_change_12m_denominator,
        change_null_reason as mrr_change_12m_null_reason

    from measured

)

select * from final
