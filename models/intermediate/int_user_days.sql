{{ config(
    materialized='incremental',
    pre_hook="{{ delete_touched_days('logins', 'login_date') }}"
) }}
-- Grain: one row per account, user, product (NULL where the source does not tell) and business day with a log-in.
-- Accounts not known yet are kept here and wait.
-- Incremental by day: exactly the touched days are replaced.

with

logins as (

    select * from {{ ref('stg_logins') }}

    {% if is_incremental() %}
        where {{ is_touched_day('logins', 'login_date') }}
    {% endif %}

),

final as (

    select
        account_id,
        user_id,
        product_id,
        login_date,
        cast(sum(event_count) as bigint) as logins

    from logins

    group by 1, 2, 3, 4

)

select * from final
