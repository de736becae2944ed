{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account, product (`all`: the account as a whole) and window length in days in which
-- somebody logged in. A window of n days ends with the as-of date and includes it.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

user_days as (

    select * from {{ ref('int_user_days') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

usage_windows as (

    select * from {{ ref('usage_windows') }}

),

longest_window as (

    select max(window_days) as window_days from usage_windows

),

login_dates as (

    select distinct login_date from user_days

),

-- The days a window sees, each with the first date that looks back at it.
seen_days as (

    select
        login_dates.login_date,
        min(to_build.as_of_date) as first_as_of_date

    from login_dates
    inner join to_build on login_dates.login_date <= to_build.as_of_date
    cross join longest_window

    where {{ days_between('login_dates.login_date', 'to_build.as_of_date') }} < longest_window.window_days

    group by 1

),

-- Merged accounts log in as one. Between two dates only a user's last log-in counts.
product_logins as (

    select
        hierarchy.surviving_account_id as account_id,
        user_days.product_id,
        user_days.user_id,
        seen_days.first_as_of_date,
        max(user_days.login_date) as login_date

    from user_days
    inner join hierarchy on user_days.account_id = hierarchy.account_id
    inner join seen_days on user_days.login_date = seen_days.login_date

    group by 1, 2, 3, 4

),

-- Who uses two products is one user of the account.
last_logins as (

    select * from product_logins

    where product_id is not null

    union all

    select
        account_id,
        'all' as product_id,
        user_id,
        first_as_of_date,
        max(login_date) as login_date

    from product_logins

    group by 1, 3, 4

),

-- A log-in stays a user's last one until a later date sees the next: each user counts once per date.
standing as (

    select
        account_id,
        product_id,
        login_date,
        first_as_of_date,
        coalesce(
            lead(first_as_of_date) over (partition by account_id, product_id, user_id order by first_as_of_date),
            cast('9999-12-31' as date)
        ) as next_as_of_date

    from last_logins

),

users_by_last_login as (

    select
        to_build.as_of_date,
        standing.account_id,
        standing.product_id,
        {{ days_between('standing.login_date', 'to_build.as_of_date') }} as days_ago,
        count(*) as active_users

    from standing
    inner join to_build
        on standing.first_as_of_date <= to_build.as_of_date and standing.next_as_of_date > to_build.as_of_date

    group by 1, 2, 3, 4

),

final as (

    select
        users_by_last_login.as_of_date,
        users_by_last_login.account_id,
        users_by_last_login.product_id,
        usage_windows.window_days,
        cast(sum(users_by_last_login.active_users) as bigint) as active_users

    from users_by_last_login
    inner join usage_windows on users_by_last_login.days_ago < usage_windows.window_days

    group by 1, 2, 3, 4

)

select * from final
