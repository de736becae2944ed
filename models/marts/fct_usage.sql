{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): use, contents,
-- announcements and seats, and the status that follows from them (S3, S4, S5).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

facts as (

    select * from {{ ref('int_usage_facts') }}

),

statuses as (

    select * from {{ ref('usage_statuses') }}

),

own_profiles as (

    select distinct product_profile from statuses

),

measured as (

    select
        facts.*,
        coalesce(own_profiles.product_profile, 'default') as status_profile,
        facts.login_null_reason is null as knows_logins,
        facts.content_null_reason is null as knows_contents,
        facts.issued_null_reason is null as knows_issued,
        {{ rate('facts.active_users_28d', 'facts.seats') }} as utilisation

    from facts
    inner join to_build on facts.as_of_date = to_build.as_of_date
    left join own_profiles on facts.product_profile = own_profiles.product_profile

),

final as (

    select
        measured.as_of_date,
        measured.account_id,
        measured.product_id,
        measured.product_profile,
        measured.first_paid_date,
        case when measured.knows_logins then measured.last_login_date end as last_login_date,
        case when measured.knows_logins then measured.days_since_last_login end as days_since_last_login,
        case when measured.knows_logins then measured.logins_28d end as logins_28d,
        case when measured.knows_logins and measured.covers_two_windows then measured.logins_28d_before end
            as logins_28d_before,
        {%- for what in ['users', 'days'] %}
            {%- for days in [7, 28, 90] %}
                case when measured.knows_logins then measured.active_{{ what }}_{{ days }}d end
                    as active_{{ what }}_{{ days }}d,
            {%- endfor %}
        {%- endfor %}
        measured.login_null_reason,
        case when measured.knows_contents then measured.contents_available end as contents_available,
        case when measured.knows_contents then measured.contents_used end as contents_used,
        case when measured.knows_contents then measured.basics_available end as basics_available,
        case when measured.knows_contents then measured.basics_used_regularly end as basics_used_regularly,
        case when measured.knows_contents then {{ rate('measured.contents_used', 'measured.contents_available') }} end
            as content_coverage,
        case when measured.knows_contents and measured.is_favourite then measured.top_topic end as favourite_topic,
        case when measured.knows_contents then {{ rate('measured.top_topic_accesses', 'measured.topic_accesses') }} end
            as top_topic_share,
        measured.content_null_reason,
        measured.announcements_delivered,
        measured.announcements_read,
        {{ rate('measured.announcements_read', 'measured.announcements_delivered') }} as announcement_read_rate,
        measured.announcement_null_reason,
        measured.seats as seats_contracted,
        case when measured.knows_issued then measured.seats_issued end as seats_issued,
        case when measured.knows_issued then {{ rate('measured.seats_issued', 'measured.seats') }} end
            as seat_issue_rate,
        case when measured.knows_logins then measured.utilisation end as seat_utilisation,
        case
            when measured.knows_logins and measured.knows_issued
                then {{ rate('measured.active_users_28d', 'measured.seats_issued') }}
        end as seat_engagement,
        coalesce(measured.knows_logins and measured.active_users_28d > measured.seats, false)
        or coalesce(measured.knows_issued and measured.seats_issued > measured.seats, false) as is_above_contract,
        coalesce(measured.seat_null_reason, measured.issued_null_reason) as seat_null_reason,
        statuses.usage_status,
        case
            when statuses.usage_status is not null then null
            when measured.login_null_reason is not null then measured.login_null_reason
            when measured.seat_null_reason is not null then measured.seat_null_reason
            else 'customer_too_new_to_judge'
        end as status_null_reason

    from measured
    left join statuses
        on
            case when measured.knows_logins and measured.seats > 0 then measured.status_profile end
            = statuses.product_profile
            and {{ plus_months('measured.first_paid_date', 'statuses.tenure_months_minimum') }} <= measured.as_of_date
            and measured.utilisation >= coalesce(statuses.utilisation_minimum, measured.utilisation)
            and measured.utilisation < coalesce(statuses.utilisation_below_maximum, measured.utilisation + 1)

)

select * from final
