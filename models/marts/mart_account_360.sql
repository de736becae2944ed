-- Grain: one row per account and month from its first to the running one: past and present side by side (A3).
-- A past month shows its last day; the running month shows the as-of date.

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

movements as (

    select * from {{ ref('fct_mrr_movement') }}

),

health_scores as (

    select * from {{ ref('fct_health_score') }}
    where product_id = 'all'

),

success_levels as (

    select * from {{ ref('fct_success_level') }}
    where product_id = 'all'

),

account_as_of as (

    select * from {{ ref('int_account_as_of') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

months_touched as (

    select * from {{ ref('int_touch_months') }}

),

-- Before the first touch of anybody was recorded, none says nothing.
touches_start as (

    select min(month) as first_month from months_touched

),

expectations as (

    select
        as_of_date,
        account_id,
        sum(expected_mrr) as expected_mrr,
        sum(mrr) as mrr

    from {{ ref('int_book_expectations') }}

    group by 1, 2

),

actions as (

    select
        as_of_date,
        account_id,
        cast(count(*) as bigint) as open_actions

    from {{ ref('mart_action_queue') }}

    group by 1, 2

),

-- The account's own movement says what kind of month it was; exchange rates are part of the change only.
month_movements as (

    select
        account_id,
        month,
        max(case when movement_type <> 'fx' then movement_type end) as movement_type,
        cast(sum(delta_mrr) as bigint) as delta_mrr,
        cast(sum(case when movement_type = 'fx' then delta_mrr else 0 end) as bigint) as fx_mrr

    from movements

    group by 1, 2

),

metrics as (

    select
        as_of_date,
        account_id,
        max(case when kpi_key = 'logins_per_week' then kpi_value end) as logins_per_week,
        max(case when kpi_key = 'active_users_28d' then kpi_value end) as active_users_28d,
        max(case when kpi_key = 'active_days_28d' then kpi_value end) as active_days_28d,
        max(case when kpi_key = 'days_since_last_login' then kpi_value end) as days_since_last_login,
        max(case when kpi_key = 'seat_utilisation' then kpi_value end) as seat_utilisation,
        max(case when kpi_key = 'nps_score' then kpi_value end) as nps_score

    from account_kpis

    where
        product_id = 'all'
        and kpi_key in (
            'logins_per_week', 'active_users_28d', 'active_days_28d',
            'days_since_last_login', 'seat_utilisation', 'nps_score'
        )

    group by 1, 2

),

final as (

    select
        account_mrr.account_id,
        account_mrr.month,
        account_mrr.snapshot_date as as_of_date,
        account_mrr.is_month_end as is_complete,
        account_mrr.is_customer,
        account_mrr.mrr,
        account_mrr.mrr_in_grace,
        month_movements.movement_type,
        coalesce(month_movements.delta_mrr, 0) as delta_mrr,
        coalesce(month_movements.fx_mrr, 0) as fx_mrr,
        health_scores.score as health_score,
        health_scores.band as health_band,
        health_scores.phase,
        success_levels.success_level,
        success_levels.blocking_condition,
        metrics.logins_per_week,
        metrics.active_users_28d,
        metrics.active_days_28d,
        metrics.days_since_last_login,
        metrics.seat_utilisation,
        metrics.nps_score,
        account_as_of.seats,
        account_as_of.months_to_renewal,
        account_as_of.next_renewal_date,
        cast(round(expectations.expected_mrr, 0) as bigint) as expected_mrr_12m,
        {{ rate('expectations.expected_mrr', 'expectations.mrr') }} as expected_nrr,
        case
            when account_mrr.month >= touches_start.first_month then coalesce(months_touched.touches, 0)
        end as touches,
        case
            when account_mrr.month >= touches_start.first_month and months_touched.touches is null then 0
            else months_touched.touch_minutes
        end as touch_minutes,
        case when account_mrr.is_as_of_date then coalesce(actions.open_actions, 0) end as open_actions

    from account_mrr
    cross join touches_start
    left join month_movements
        on
            account_mrr.account_id = month_movements.account_id
            and case when account_mrr.is_month_end then account_mrr.month end = month_movements.month
    left join health_scores
        on account_mrr.account_id = health_scores.account_id and account_mrr.snapshot_date = health_scores.as_of_date
    left join success_levels
        on
            account_mrr.account_id = success_levels.account_id
            and account_mrr.snapshot_date = success_levels.as_of_date
    left join account_as_of
        on account_mrr.account_id = account_as_of.account_id and account_mrr.snapshot_date = account_as_of.as_of_date
    left join expectations
        on account_mrr.account_id = expectations.account_id and account_mrr.snapshot_date = expectations.as_of_date
    left join months_touched
        on account_mrr.account_id = months_touched.account_id and account_mrr.month = months_touched.month
    left join actions
        on account_mrr.account_id = actions.account_id and account_mrr.snapshot_date = actions.as_of_date
    left join metrics
        on account_mrr.account_id = metrics.account_id and account_mrr.snapshot_date = metrics.as_of_date

    where account_mrr.is_month_end or account_mrr.is_as_of_date

)

select * from final
