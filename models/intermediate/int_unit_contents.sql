{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): how much of what is
-- available to it was used in the last 28 days, its top topic, and why that is unknown.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

contents as (

    select * from {{ ref('int_contents_available') }}

),

favourite_topics as (

    select * from {{ ref('int_favourite_topics') }}

),

feeds as (

    select * from {{ ref('int_feeds') }}

),

source_coverage as (

    select * from {{ ref('int_source_coverage') }}

),

counted as (

    select
        contents.as_of_date,
        contents.account_id,
        contents.product_id,
        cast(count(*) as bigint) as contents_available,
        cast(count(case when contents.accesses > 0 then 1 end) as bigint) as contents_used,
        cast(count(case when contents.is_basic then 1 end) as bigint) as basics_available,
        cast(count(case when contents.is_basic and contents.is_used_regularly then 1 end) as bigint) as basics_used_regularly

    from contents
    inner join to_build on contents.as_of_date = to_build.as_of_date

    group by 1, 2, 3

),

catalogue as (

    select cast(count(*) as bigint) as contents from {{ ref('stg_content_catalog') }}

),

-- Silence of a customer that sends no events at all is not disuse.
final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        case
            when feeds.null_reason is not null then feeds.null_reason
            when sends_events.first_date is null or sends_events.first_date > units.as_of_date
                then 'account_not_in_usage_events'
            when catalogue.contents = 0 then 'no_content_catalog_yet'
            when counted.contents_available is null then 'no_content_available'
        end as null_reason,
        coalesce(counted.contents_available, 0) as contents_available,
        coalesce(counted.contents_used, 0) as contents_used,
        coalesce(counted.basics_available, 0) as basics_available,
        coalesce(counted.basics_used_regularly, 0) as basics_used_regularly,
        favourite_topics.top_topic,
        favourite_topics.top_topic_accesses,
        favourite_topics.all_accesses as topic_accesses,
        coalesce(favourite_topics.is_favourite, false) as is_favourite

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    inner join feeds on units.as_of_date = feeds.as_of_date and feeds.source_name = 'usage_events'
    cross join catalogue
    left join source_coverage as sends_events
        on units.account_id = sends_events.account_id and sends_events.source_name = 'usage_events'
    left join counted
        on
            units.as_of_date = counted.as_of_date
            and units.account_id = counted.account_id
            and units.product_id = counted.product_id
    left join favourite_topics
        on
            units.as_of_date = favourite_topics.as_of_date
            and units.account_id = favourite_topics.account_id
            and units.product_id = favourite_topics.product_id

)

select * from final
