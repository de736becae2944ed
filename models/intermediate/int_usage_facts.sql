{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): everything counted about
-- its use and seats, with the reason where it is unknown.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

logins as (

    select * from {{ ref('int_unit_logins') }}

),

contents as (

    select * from {{ ref('int_unit_contents') }}

),

announcements as (

    select * from {{ ref('int_announcement_use') }}

),

issued_seats as (

    select * from {{ ref('int_issued_seats') }}

),

feeds as (

    select * from {{ ref('int_feeds') }}

),

-- Whether anybody's user accounts are known, whether this customer's are, and whether they are issued by product.
issued as (

    select
        as_of_date,
        account_id,
        count(case when product_id <> 'all' then 1 end) > 0 as is_told_by_product

    from issued_seats

    group by 1, 2

),

any_issued as (

    select
        as_of_date,
        count(*) as accounts

    from issued

    group by 1

),

final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        units.product_profile,
        units.first_paid_date,
        logins.null_reason as login_null_reason,
        logins.covers_two_windows,
        logins.last_login_date,
        cast({{ days_between('logins.last_login_date', 'units.as_of_date') }} as int) as days_since_last_login,
        logins.logins_28d,
        logins.logins_28d_before,
        logins.active_users_7d,
        logins.active_users_28d,
        logins.active_users_90d,
        logins.active_days_7d,
        logins.active_days_28d,
        logins.active_days_90d,
        contents.null_reason as content_null_reason,
        contents.contents_available,
        contents.contents_used,
        contents.basics_available,
        contents.basics_used_regularly,
        contents.top_topic,
        contents.top_topic_accesses,
        contents.topic_accesses,
        contents.is_favourite,
        case
            when feeds.null_reason is not null then feeds.null_reason
            when announcements.announcements_delivered is null and announced.account_id is not null
                then 'announcement_deliveries_without_product'
            when announcements.announcements_delivered is null then 'no_announcement_in_the_window'
        end as announcement_null_reason,
        announcements.announcements_delivered,
        announcements.announcements_read,
        case when coalesce(units.seats, 0) = 0 then 'no_seats_in_contract' end as seat_null_reason,
        units.seats,
        case
            when any_issued.accounts is null then 'no_users_yet'
            when issued.account_id is null then 'account_not_in_users'
            when units.measured_as <> 'all' and not issued.is_told_by_product then 'users_without_product'
        end as issued_null_reason,
        coalesce(issued_seats.seats_issued, 0) as seats_issued

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    inner join logins
        on
            units.as_of_date = logins.as_of_date
            and units.account_id = logins.account_id
            and units.product_id = logins.product_id
    inner join contents
        on
            units.as_of_date = contents.as_of_date
            and units.account_id = contents.account_id
            and units.product_id = contents.product_id
    inner join feeds on units.as_of_date = feeds.as_of_date and feeds.source_name = 'announcement_deliveries'
    left join announcements
        on
            units.as_of_date = announcements.as_of_date
            and units.account_id = announcements.account_id
            and units.measured_as = announcements.product_id
    left join announcements as announced
        on
            units.as_of_date = announced.as_of_date
            and units.account_id = announced.account_id
            and announced.product_id = 'all'
    left join any_issued on units.as_of_date = any_issued.as_of_date
    left join issued on units.as_of_date = issued.as_of_date and units.account_id = issued.account_id
    left join issued_seats
        on
            units.as_of_date = issued_seats.as_of_date
            and units.account_id = issued_seats.account_id
            and units.measured_as = issued_seats.product_id

)

select * from final
