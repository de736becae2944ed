{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and content accessed in the 28 days that end with the date.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

content_days as (

    select * from {{ ref('int_content_days') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

build_span as (

    select
        max(as_of_date) as last_date,
        {{ plus_days('min(as_of_date)', '-28') }} as first_date

    from to_build

),

-- Merged accounts use as one.
merged_days as (

    select
        hierarchy.surviving_account_id as account_id,
        content_days.content_id,
        content_days.occurred_date,
        sum(content_days.accesses) as accesses

    from content_days
    inner join hierarchy on content_days.account_id = hierarchy.account_id
    inner join build_span
        on
            content_days.occurred_date > build_span.first_date
            and content_days.occurred_date <= build_span.last_date

    where content_days.accesses > 0

    group by 1, 2, 3

),

final as (

    select
        to_build.as_of_date,
        merged_days.account_id,
        merged_days.content_id,
        cast(sum(merged_days.accesses) as bigint) as accesses,
        cast(count(*) as bigint) as days_used

    from merged_days
    inner join to_build
        on
            merged_days.occurred_date <= to_build.as_of_date
            and merged_days.occurred_date > {{ plus_days('to_build.as_of_date', '-28') }}

    group by 1, 2, 3

)

select * from final
