{{ config(
    materialized='incremental',
    pre_hook="{{ delete_touched_days('logins', 'login_date') }}"
) }}
-- Grain: one row per account, product (`all` for the account as a whole) and business day with a log-in.
-- Incremental by day, like int_user_days.

with

user_days as (

    select * from {{ ref('int_user_days') }}

    {% if is_incremental() %}
        where {{ is_touched_day('logins', 'login_date') }}
    {% endif %}

),

-- Who uses two products on a day is one user of the account.
whole_accounts as (

    select
        account_id,
        user_id,
        login_date,
        sum(logins) as logins

    from user_days

    group by 1, 2, 3

),

units as (

    select
        account_id,
        'all' as product_id,
        login_date,
        logins

    from whole_accounts

    union all

    select
        account_id,
        product_id,
        login_date,
        logins

    from user_days

    where product_id is not null

),

final as (

    select
        account_id,
        product_id,
        login_date,
        cast(count(*) as bigint) as active_users,
        cast(sum(logins) as bigint) as logins

    from units

    group by 1, 2, 3

)

select * from final
