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

-- A merged account is looked after by whoever looks after the one it became. A type that is called `all` names none.
known as (

    select
        hierarchy.surviving_account_id as account_id,
        touches.touched_date,
        coalesce(nullif(touches.touch_type, 'all'), 'unknown') as touch_type,
        touches.minutes

    from touches
    inner join hierarchy on touches.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and touches.touched_date <= spine.as_of_date

),

final as (

    {% for touch_type in ['touch_type', "'all'"] %}
        select
            account_id,
            touched_date,
            {{ touch_type }} as touch_type,
            cast(count(*) as bigint) as touches,
            cast(sum(minutes) as bigint) as touch_minutes

        from known

        group by 1, 2, 3

        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
