{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product held (`all`: the customer as a whole): days from its first paid
-- day to the first day of value, or why they are not known (S2).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

first_value as (

    select * from {{ ref('int_first_value') }}

),

first_logins as (

    select * from {{ ref('int_first_logins') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

feed as (

    select min(first_login_date) as first_login_date from first_logins

),

-- A customer older than the feed was perhaps using the product long before the first log-in that is known.
explained as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        cast({{ days_between('units.first_paid_date', 'first_value.first_value_date') }} as int) as first_value_days,
        case
            when units.first_paid_date is null then 'never_paid'
            when feed.first_login_date is null or feed.first_login_date > units.as_of_date then 'no_logins_yet'
            when
                {{ days_between('units.first_paid_date', 'feed.first_login_date') }} > policies.logins_stale_after_days
                then 'logins_start_later'
            when first_value.first_value_date is not null then null
            when whole_accounts.account_id is null then 'account_not_in_logins'
            when units.product_id <> 'all' and coalesce(whole_accounts.first_login_with_product_date > units.as_of_date, true)
                then 'logins_without_product'
            when coalesce(units.seats, 0) = 0 then 'no_seats_in_contract'
            else 'not_yet_of_value'
        end as null_reason

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    cross join feed
    cross join policies
    left join first_value
        on
            units.account_id = first_value.account_id
            and units.product_id = first_value.product_id
            and units.as_of_date >= first_value.first_value_date
    left join first_logins as whole_accounts
        on units.account_id = whole_accounts.account_id and units.as_of_date >= whole_accounts.first_login_date

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        case when null_reason is null then first_value_days end as first_value_days,
        null_reason

    from explained

)

select * from final
