-- Grain: one row per customer, day up to the newest as-of date and type of its touches; and one of type `all`, of any.

with

touches as (

    select * from {{ ref('stg_touches') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

known as (

    select distinct
        hierarchy.surviving_account_id as account_id,
        touches.touched_date,
        coalesce(touches.touch_type, 'unknown') as touch_type

    from touches
    inner join hierarchy on touches.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and touches.touched_date <= spine.as_of_date

),

final as (

    select
        account_id,
        touched_date,
        touch_type

    from known

    union all

    select distinct
        account_id,
        touched_date,
        'all' as touch_type

    from known

)

select * from final
