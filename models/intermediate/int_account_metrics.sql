{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and metric, the long table that scores and levels read.
-- An unknown value is NULL and says why: never 0.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

account_usage as (

    select * from {{ ref('int_account_usage') }}

),

account_answers as (

    select * from {{ ref('int_account_answers') }}

),

account_days as (

    select * from {{ ref('int_account_days') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

feed as (

    select
        to_build.as_of_date,
        min(account_days.login_date) as first_login_date,
        max(account_days.login_date) as newest_login_date

    from to_build
    left join account_days on to_build.as_of_date >= account_days.login_date

    group by 1

),

-- Four weeks of log-ins are only known once the feed has covered four weeks, and while it goes on: then no row
-- means no log-in.
measured as (

    select
        account_as_of.as_of_date,
        account_as_of.account_id,
        account_as_of.seats,
        case
            when feed.first_login_date is null then 'no_logins_yet'
            when {{ days_between('feed.first_login_date', 'account_as_of.as_of_date') }} < 27
                then 'logins_start_later'
            when
                {{ days_between('feed.newest_login_date', 'account_as_of.as_of_date') }}
                > policies.logins_stale_after_days
                then 'logins_stale'
        end as usage_null_reason,
        cast(coalesce(account_usage.logins, 0) / 4.0 as double) as logins_per_week,
        cast(coalesce(account_usage.active_users, 0) as double) as active_users_28d,
        cast(coalesce(account_usage.active_days, 0) as double) as active_days_28d,
        cast({{ days_between('account_usage.last_login_date', 'account_as_of.as_of_date') }} as double)
            as days_since_last_login,
        {{ rate('coalesce(account_usage.active_users, 0)', 'account_as_of.seats') }} as seat_utilisation,
        {{ rate('account_answers.total_score', 'account_answers.answers') }} as nps_score,
        cast(floor(account_as_of.tenure_days / {{ days_per_month() }}) as double) as tenure_months,
        cast(account_as_of.months_to_renewal as double) as months_to_renewal

    from account_as_of
    inner join feed on account_as_of.as_of_date = feed.as_of_date
    cross join policies
    left join account_usage
        on
            account_as_of.as_of_date = account_usage.as_of_date
            and account_as_of.account_id = account_usage.account_id
            and account_usage.product_id = 'all'
            and account_usage.window_days = 28
    left join account_answers
        on
            account_as_of.as_of_date = account_answers.as_of_date
            and account_as_of.account_id = account_answers.account_id
            and account_answers.product_id = 'all'

),

long as (

    select * from measured
    unpivot include nulls (
        metric_value for metric_key in (
            logins_per_week, active_users_28d, active_days_28d, days_since_last_login, seat_utilisation,
            nps_score, tenure_months, months_to_renewal
        )
    )

),

explained as (

    select
        as_of_date,
        account_id,
        metric_key,
        metric_value,
        case
            when metric_key in ('nps_score') then case when metric_value is null then 'no_valid_answer' end
            when metric_key in ('tenure_months') then null
            when metric_key in ('months_to_renewal')
                then case when metric_value is null then 'contract_without_end' end
            when usage_null_reason is not null then usage_null_reason
            when metric_key = 'days_since_last_login' and metric_value is null then 'never_logged_in'
            when metric_key = 'seat_utilisation' and metric_value is null then 'no_seats_in_contract'
        end as null_reason

    from long

),

final as (

    select
        as_of_date,
        account_id,
        metric_key,
        case when null_reason is null then metric_value end as metric_value,
        null_reason

    from explained

)

select * from final
