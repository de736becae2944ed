{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and source that counts what people do: since when it has come, and why nothing can be
-- said from it (yet, or any more). A full window is only known once the feed has covered it, and while it goes on: then
-- no row means that nothing was done.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_days as (

    select * from {{ ref('int_account_days') }}

),

content_days as (

    select * from {{ ref('int_content_days') }}

),

deliveries as (

    select * from {{ ref('stg_announcement_deliveries') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

days as (

    select distinct
        'logins' as source_name,
        login_date as feed_date

    from account_days

    union all

    select distinct
        'usage_events' as source_name,
        occurred_date as feed_date

    from content_days

    union all

    select distinct
        'announcement_deliveries' as source_name,
        delivered_date as feed_date

    from deliveries

),

sources as (

    {% for source in ['logins', 'usage_events', 'announcement_deliveries'] %}
        select '{{ source }}' as source_name
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

seen as (

    select
        to_build.as_of_date,
        sources.source_name,
        min(days.feed_date) as first_date,
        max(days.feed_date) as newest_date

    from to_build
    cross join sources
    left join days on sources.source_name = days.source_name and to_build.as_of_date >= days.feed_date

    group by 1, 2

),

final as (

    select
        seen.as_of_date,
        seen.source_name,
        seen.first_date,
        case
            when seen.first_date is null then 'no_' || seen.source_name || '_yet'
            -- Announcements come now and then: a single one says as much as it says.
            when seen.source_name = 'announcement_deliveries' then null
            when {{ days_between('seen.first_date', 'seen.as_of_date') }} < 27 then seen.source_name || '_start_later'
            when
                {{ days_between('seen.newest_date', 'seen.as_of_date') }} > policies.logins_stale_after_days
                then seen.source_name || '_stale'
        end as null_reason,
        {{ days_between('seen.first_date', 'seen.as_of_date') }} >= 55 as covers_two_windows

    from seen
    cross join policies

)

select * from final
