{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product (`all`: the account as a whole) that announcements were delivered
-- to within the window before the date, counted per user; read is what was read by the date.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

deliveries as (

    select * from {{ ref('stg_announcement_deliveries') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

in_window as (

    select
        to_build.as_of_date,
        hierarchy.surviving_account_id as account_id,
        deliveries.product_id,
        coalesce(deliveries.read_date <= to_build.as_of_date, false) as is_read

    from deliveries
    inner join hierarchy on deliveries.account_id = hierarchy.account_id
    cross join policies
    inner join to_build
        on
            deliveries.delivered_date <= to_build.as_of_date
            and {{ days_between('deliveries.delivered_date', 'to_build.as_of_date') }}
            < policies.announcement_window_days

),

units as (

    select
        as_of_date,
        account_id,
        'all' as product_id,
        is_read

    from in_window

    union all

    select
        as_of_date,
        account_id,
        product_id,
        is_read

    from in_window

    where product_id is not null

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(count(*) as bigint) as announcements_delivered,
        cast(count(case when is_read then 1 end) as bigint) as announcements_read

    from units

    group by 1, 2, 3

)

select * from final
