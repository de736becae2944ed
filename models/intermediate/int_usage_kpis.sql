{{ config(materialized='view') }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): the indicators of use
-- and seats, each as numerator, denominator and the reason why there is none (S3, S4).

{#- indicator, numerator, denominator, reason -#}
{%- set kpis = [
    ('logins_per_week', 'logins_28d', '4', 'login_null_reason'),
    ('active_users_28d', 'active_users_28d', '1', 'login_null_reason'),
    ('active_days_28d', 'active_days_28d', '1', 'login_null_reason'),
    ('days_since_last_login', 'days_since_last_login', '1',
        "coalesce(login_null_reason, case when days_since_last_login is null then 'never_logged_in' end)"),
    ('login_change_28d', 'logins_28d - logins_28d_before', 'logins_28d_before',
        "case
            when login_null_reason is not null then login_null_reason
            when not covers_two_windows then 'logins_start_later'
            when logins_28d_before = 0 then 'no_logins_in_the_window_before'
        end"),
    ('basic_content_share', 'basics_used_regularly', 'basics_available',
        "coalesce(content_null_reason, case when basics_available = 0 then 'no_basic_content_available' end)"),
    ('content_coverage', 'contents_used', 'contents_available', 'content_null_reason'),
    ('announcement_read_rate', 'announcements_read', 'announcements_delivered', 'announcement_null_reason'),
    ('has_favourite_topic', 'case when is_favourite then 1 else 0 end', '1', 'content_null_reason'),
    ('favourite_topic_share', 'top_topic_accesses', 'topic_accesses',
        "coalesce(content_null_reason, case when topic_accesses is null then 'no_accesses_with_a_topic' end)"),
    ('seat_issue_rate', 'seats_issued', 'seats', 'coalesce(seat_null_reason, issued_null_reason)'),
    ('seat_utilisation', 'active_users_28d', 'seats', 'coalesce(login_null_reason, seat_null_reason)'),
    ('seat_engagement', 'active_users_28d', 'seats_issued',
        "coalesce(
            login_null_reason, issued_null_reason, case when seats_issued = 0 then 'no_seats_issued' end
        )"),
] %}

with

usage_facts as (

    select * from {{ ref('int_usage_facts') }}

),

final as (

    select
        {%- for key, numerator, denominator, reason in kpis %}
            cast(case when {{ reason }} is null then {{ numerator }} end as double) as {{ key }}_numerator,
            cast(case when {{ reason }} is null then {{ denominator }} end as double) as {{ key }}_denominator,
            {{ reason }} as {{ key }}_null_reason,
        {%- endfor %}
        as_of_date,
        account_id,
        product_id

    from usage_facts

)

select * from final
