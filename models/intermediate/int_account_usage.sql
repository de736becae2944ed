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

user_days as (

    select * from {{ ref('int_user_days') }}

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

    group by 1, 2, 3

),

build_span as (

    select
        max(as_of_date) as last_date,
        {{ plus_days('min(as_of_date)', '-1 * (select max(window_days) from usage_windows)') }} as first_date

    from to_build

),

user_days_in_span as (

    select
        hierarchy.surviving_account_id as account_id,
        user_days.product_id,
        user_days.user_id,
        user_days.login_date

    from user_days
    inner join hierarchy on user_days.account_id = hierarchy.account_id
    inner join build_span on user_days.login_date between build_span.first_date and build_span.last_date

),

-- Who uses two products on a day is one user of the account.
unit_user_days as (

    select
        account_id,
        'all' as product_id,
        user_id,
        login_date

    from user_days_in_span

    group by 1, 3, 4

    union all

    select
        account_id,
        product_id,
        user_id,
        login_date

    from user_days_in_span

    where product_id is not null

    group by 1, 2, 3, 4

),

-- From one log-in to the next a user's last log-in stays the same: joining that span instead of every day of
-- every window counts each user once per date.
user_spans as (

    select
        account_id,
        product_id,
        login_date,
        lead(login_date) over (partition by account_id, product_id, user_id order by login_date) as next_login_date

    from unit_user_days

),

active_users as (

    select
        to_build.as_of_date,
        user_spans.account_id,
        user_spans.product_id,
        usage_windows.window_days,
        cast(count(*) as bigint) as active_users

    from user_spans
    inner join to_build
        on
            user_spans.login_date <= to_build.as_of_date
            and (user_spans.next_login_date is null or user_spans.next_login_date > to_build.as_of_date)
    inner join usage_windows
        on {{ days_between('user_spans.login_date', 'to_build.as_of_date') }} < usage_windows.window_days

    group by 1, 2, 3, 4

),

activity as (

    select
        to_build.as_of_date,
        merged_account_days.account_id,
        merged_account_days.product_id,
        usage_windows.window_days,
        cast(count(*) as bigint) as active_days,
        cast(sum(merged_account_days.active_users) as bigint) as user_days,
        cast(sum(merged_account_days.logins) as bigint) as logins

    from merged_account_days
    inner join to_build on merged_account_days.login_date <= to_build.as_of_date
    inner join usage_windows
        on {{ days_between('merged_account_days.login_date', 'to_build.as_of_date') }} < usage_windows.window_days

    group by 1, 2, 3, 4

),

last_logins as (

    select
        to_build.as_of_date,
        merged_account_days.account_id,
        merged_account_days.product_id,
        max(merged_account_days.login_date) as last_login_date

    from merged_account_days
    inner join to_build on merged_account_days.login_date <= to_build.as_of_date

    group by 1, 2, 3

),

final as (

    select
        last_logins.as_of_date,
        last_logins.account_id,
        last_logins.product_id,
        usage_windows.window_days,
        last_logins.last_login_date,
        coalesce(active_users.active_users, 0) as active_users,
        coalesce(activity.active_days, 0) as active_days,
        coalesce(activity.user_days, 0) as user_days,
        coalesce(activity.logins, 0) as logins

    from last_logins
    cross join usage_windows
    left join active_users
        on
            last_logins.as_of_date = active_users.as_of_date
            and last_logins.account_id = active_users.account_id
            and last_logins.product_id = active_users.product_id
            and usage_windows.window_days = active_users.window_days
    left join activity
        on
            last_logins.as_of_date = activity.as_of_date
            and last_logins.account_id = activity.account_id
            and last_logins.product_id = activity.product_id
            and usage_windows.window_days = activity.window_days

)

select * from final
