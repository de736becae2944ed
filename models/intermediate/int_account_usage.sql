{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product (`all`: the account as a whole) that was logged in to by then, and
-- window length in days. A window of n days ends with the as-of date and includes it.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_days as (

    select * from {{ ref('int_account_days') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

usage_windows as (

    select * from {{ ref('usage_windows') }}

),

active_users as (

    select * from {{ ref('int_active_users') }}

),

login_dates as (

    select distinct login_date from account_days

),

window_days as (

    select
        to_build.as_of_date,
        usage_windows.window_days,
        login_dates.login_date

    from login_dates
    inner join to_build on login_dates.login_date <= to_build.as_of_date
    cross join usage_windows

    where {{ days_between('login_dates.login_date', 'to_build.as_of_date') }} < usage_windows.window_days

),

-- Merged accounts log in as one.
merged_account_days as (

    select
        hierarchy.surviving_account_id as account_id,
        account_days.product_id,
        account_days.login_date,
        cast(sum(account_days.active_users) as bigint) as active_users,
        cast(sum(account_days.logins) as bigint) as logins

    from account_days
    inner join hierarchy on account_days.account_id = hierarchy.account_id

    where account_days.login_date in (select window_days.login_date from window_days)

    group by 1, 2, 3

),

activity as (

    select
        window_days.as_of_date,
        merged_account_days.account_id,
        merged_account_days.product_id,
        window_days.window_days,
        cast(count(*) as bigint) as active_days,
        cast(sum(merged_account_days.active_users) as bigint) as user_days,
        cast(sum(merged_account_days.logins) as bigint) as logins

    from merged_account_days
    inner join window_days on merged_account_days.login_date = window_days.login_date

    group by 1, 2, 3, 4

),

-- Each day with the first date that looks back at it: between two dates only the last log-in counts.
first_dates as (

    select
        login_dates.login_date,
        min(to_build.as_of_date) as first_as_of_date

    from login_dates
    inner join to_build on login_dates.login_date <= to_build.as_of_date

    group by 1

),

last_logins as (

    select
        hierarchy.surviving_account_id as account_id,
        account_days.product_id,
        first_dates.first_as_of_date,
        max(account_days.login_date) as last_login_date

    from account_days
    inner join hierarchy on account_days.account_id = hierarchy.account_id
    inner join first_dates on account_days.login_date = first_dates.login_date

    group by 1, 2, 3

),

-- A log-in stays the last one until a later date sees the next.
standing as (

    select
        account_id,
        product_id,
        last_login_date,
        first_as_of_date,
        coalesce(
            lead(first_as_of_date) over (partition by account_id, product_id order by first_as_of_date),
            cast('9999-12-31' as date)
        ) as next_as_of_date

    from last_logins

),

final as (

    select
        to_build.as_of_date,
        standing.account_id,
        standing.product_id,
        usage_windows.window_days,
        standing.last_login_date,
        coalesce(active_users.active_users, 0) as active_users,
        coalesce(activity.active_days, 0) as active_days,
        coalesce(activity.user_days, 0) as user_days,
        coalesce(activity.logins, 0) as logins

    from standing
    inner join to_build
        on standing.first_as_of_date <= to_build.as_of_date and standing.next_as_of_date > to_build.as_of_date
    cross join usage_windows
    left join active_users
        on
            to_build.as_of_date = active_users.as_of_date
            and standing.account_id = active_users.account_id
            and standing.product_id = active_users.product_id
            and usage_windows.window_days = active_users.window_days
    left join activity
        on
            to_build.as_of_date = activity.as_of_date
            and standing.account_id = activity.account_id
            and standing.product_id = activity.product_id
            and usage_windows.window_days = activity.window_days

)

select * from final
