{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and account that gave a review, a referral or a case in the twelve months up to it.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

reviews as (

    select * from {{ ref('stg_reviews') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

years as (

    select
        as_of_date,
        {{ months_before('as_of_date', 12) }} as year_before_date

    from to_build

),

-- Half-open, as every period: the day twelve months before belongs to the year before.
final as (

    select
        years.as_of_date,
        hierarchy.surviving_account_id as account_id,
        cast(count(*) as bigint) as records,
        cast(count(*) filter (where reviews.kind = 'review') as bigint) as reviews,
        cast(count(*) filter (where reviews.kind = 'referral') as bigint) as referrals,
        cast(count(*) filter (where reviews.kind = 'case') as bigint) as cases,
        cast(count(reviews.rating) as bigint) as rated_records,
        cast(sum(reviews.rating) as decimal(38, 10)) as total_rating

    from reviews
    inner join hierarchy on reviews.account_id = hierarchy.account_id
    inner join years
        on reviews.recorded_date > years.year_before_date and reviews.recorded_date <= years.as_of_date

    group by 1, 2

)

select * from final
