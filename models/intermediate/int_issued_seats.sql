{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product (`all`: the account as a whole) with user accounts: how many can be
-- used on the date. An account issued on no known day has always been there.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

users as (

    select * from {{ ref('stg_users') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

-- The last day is not part of it: deactivated on a day, a seat is free from that day on.
alive as (

    select
        to_build.as_of_date,
        hierarchy.surviving_account_id as account_id,
        users.product_id,
        users.user_id,
        users.deactivated_date is null or users.deactivated_date > to_build.as_of_date as is_usable

    from users
    inner join hierarchy on users.account_id = hierarchy.account_id
    inner join to_build on coalesce(users.issued_date, to_build.as_of_date) <= to_build.as_of_date

),

-- Who has an account for two products takes a seat of each, and is one person of the account.
units as (

    select
        as_of_date,
        account_id,
        'all' as product_id,
        user_id,
        max(case when is_usable then 1 else 0 end) as usable

    from alive

    group by 1, 2, 4

    union all

    select
        as_of_date,
        account_id,
        product_id,
        user_id,
        max(case when is_usable then 1 else 0 end) as usable

    from alive

    where product_id is not null

    group by 1, 2, 3, 4

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(sum(usable) as bigint) as seats_issued

    from units

    group by 1, 2, 3

)

select * from final
