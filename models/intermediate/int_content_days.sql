{{ config(
    materialized='incremental',
    pre_hook="{{ delete_touched_days('usage_events', 'occurred_date') }}"
) }}
-- Grain: one row per account, content and business day with an access. Accounts not known yet are kept here and wait.
-- Incremental by day: exactly the touched days are replaced.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

    {% if is_incremental() %}
        where {{ is_touched_day('usage_events', 'occurred_date') }}
    {% endif %}

),

final as (

    select
        account_id,
        content_id,
        occurred_date,
        cast(sum(event_count) as bigint) as accesses

    from usage_events

    group by 1, 2, 3

)

select * from final
