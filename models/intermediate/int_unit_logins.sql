{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): what its users did in
-- the windows that end with the date, and why that is unknown.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

account_usage as (

    select * from {{ ref('int_account_usage') }}

),

feeds as (

    select * from {{ ref('int_feeds') }}

),

windows as (

    select
        account_usage.as_of_date,
        account_usage.account_id,
        account_usage.product_id,
        {%- for days in [7, 28, 56, 90] %}
            max(case when account_usage.window_days = {{ days }} then account_usage.logins end) as logins_{{ days }}d,
            max(case when account_usage.window_days = {{ days }} then account_usage.active_users end)
                as active_users_{{ days }}d,
            max(case when account_usage.window_days = {{ days }} then account_usage.active_days end)
                as active_days_{{ days }}d,
        {%- endfor %}
        max(account_usage.last_login_date) as last_login_date

    from account_usage
    inner join to_build on account_usage.as_of_date = to_build.as_of_date

    group by 1, 2, 3

),

-- Whose log-ins never name a product cannot be judged product by product.
told_by_product as (

    select
        as_of_date,
        account_id,
        count(case when product_id <> 'all' then 1 end) > 0 as is_told

    from windows

    group by 1, 2

),

final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        case
            when feeds.null_reason is not null then feeds.null_reason
            when units.measured_as <> 'all' and not told_by_product.is_told then 'logins_without_product'
        end as null_reason,
        feeds.covers_two_windows,
        {%- for days in [7, 28, 90] %}
            coalesce(windows.active_users_{{ days }}d, 0) as active_users_{{ days }}d,
            coalesce(windows.active_days_{{ days }}d, 0) as active_days_{{ days }}d,
        {%- endfor %}
        windows.last_login_date,
        coalesce(windows.logins_28d, 0) as logins_28d,
        coalesce(windows.logins_56d - windows.logins_28d, 0) as logins_28d_before

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    inner join feeds on units.as_of_date = feeds.as_of_date and feeds.source_name = 'logins'
    left join told_by_product
        on units.as_of_date = told_by_product.as_of_date and units.account_id = told_by_product.account_id
    left join windows
        on
            units.as_of_date = windows.as_of_date
            and units.account_id = windows.account_id
            and units.measured_as = windows.product_id

)

select * from final
