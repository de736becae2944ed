{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product it holds (or `all`) with an access to a content that has a topic: its
-- top topic of the last 28 days, and whether that is a favourite (S3).

with

contents as (

    select * from {{ ref('int_contents_available') }}

),

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

topics as (

    select
        contents.as_of_date,
        contents.account_id,
        contents.product_id,
        contents.topic,
        cast(sum(contents.accesses) as bigint) as accesses

    from contents
    inner join to_build on contents.as_of_date = to_build.as_of_date

    where contents.topic is not null and contents.accesses > 0

    group by 1, 2, 3, 4

),

-- Of two topics with as many accesses the first by name stands.
ranked as (

    select
        *,
        cast(sum(accesses) over (partition by as_of_date, account_id, product_id) as bigint) as all_accesses

    from topics

    qualify row_number() over (
        partition by as_of_date, account_id, product_id order by accesses desc, topic asc
    ) = 1

),

final as (

    select
        ranked.as_of_date,
        ranked.account_id,
        ranked.product_id,
        ranked.topic as top_topic,
        ranked.accesses as top_topic_accesses,
        ranked.all_accesses,
        ranked.all_accesses >= policies.favourite_topic_min_accesses
        and {{ rate('ranked.accesses', 'ranked.all_accesses') }} >= policies.favourite_topic_min_share as is_favourite

    from ranked
    cross join policies

)

select * from final
