{{ config(
    materialized='incremental',
    pre_hook="{{ delete_touched_days('logins', 'login_date') }}"
) }}
-- Grain: one row per account and business day with a log-in. Incremental by day, like int_user_days.

with

user_days as (

    select * from {{ ref('int_user_days') }}

    {% if is_incremental() %}
        where {{ is_touched_day('logins', 'login_date') }}
    {% endif %}

),

final as (

    select
        account_id,
        login_date,
        cast(count(*) as bigint) as active_users,
        cast(sum(logins) as bigint) as logins

    from user_days

    group by 1, 2

)

select * from final
