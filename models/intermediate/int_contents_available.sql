{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product it holds (`all`: any of them) and content available to it that day,
-- with what was made of it.

with

units as (

    select * from {{ ref('int_account_units') }}

),

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

content_catalog as (

    select * from {{ ref('stg_content_catalog') }}

),

content_use as (

    select * from {{ ref('int_content_use') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

products as (

    select distinct product_id from units

    where product_id <> 'all'

),

-- A content without a product belongs to all products.
product_contents as (

    select
        coalesce(content_catalog.product_id, products.product_id) as product_id,
        content_catalog.plan,
        content_catalog.content_id,
        content_catalog.topic,
        coalesce(content_catalog.is_basic, false) as is_basic,
        coalesce(content_catalog.available_from_date, cast('1900-01-01' as date)) as from_date,
        coalesce(content_catalog.available_to_date, cast('9999-12-31' as date)) as to_date

    from content_catalog
    left join products on content_catalog.product_id is null

),

-- One without a plan comes with every plan.
by_product as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        product_contents.content_id,
        product_contents.topic,
        product_contents.is_basic

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    inner join product_contents
        on
            units.product_id = product_contents.product_id
            and (product_contents.plan is null or units.plan = product_contents.plan)
            and units.as_of_date >= product_contents.from_date
            and units.as_of_date < product_contents.to_date

    where units.product_id <> 'all'

),

-- What two products share is one content of the account.
with_roll_up as (

    select
        as_of_date,
        account_id,
        product_id,
        content_id,
        topic,
        is_basic

    from by_product

    union all

    select distinct
        as_of_date,
        account_id,
        'all' as product_id,
        content_id,
        topic,
        is_basic

    from by_product

),

final as (

    select
        with_roll_up.as_of_date,
        with_roll_up.account_id,
        with_roll_up.product_id,
        with_roll_up.content_id,
        with_roll_up.topic,
        with_roll_up.is_basic,
        coalesce(content_use.accesses, 0) as accesses,
        coalesce(content_use.days_used >= policies.regular_use_days, false) as is_used_regularly

    from with_roll_up
    cross join policies
    left join content_use
        on
            with_roll_up.as_of_date = content_use.as_of_date
            and with_roll_up.account_id = content_use.account_id
            and with_roll_up.content_id = content_use.content_id

)

select * from final
