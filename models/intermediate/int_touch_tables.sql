-- Grain: one row per touch type and stratum in which some were touched and others were not: a table of two by two (A2).

with

touch_cycles as (

    select * from {{ ref('int_touch_cycles') }}

),

counted as (

    select
        touch_type,
        product_id,
        success_level,
        renewal_band,
        health_band,
        cast(count(case when is_touched then 1 end) as bigint) as touched,
        cast(count(case when is_touched and is_renewed then 1 end) as bigint) as touched_renewed,
        cast(count(case when not is_touched then 1 end) as bigint) as controls,
        cast(count(case when not is_touched and is_renewed then 1 end) as bigint) as controls_renewed

    from touch_cycles

    where success_level is not null

    group by 1, 2, 3, 4, 5

),

final as (

    select
        touch_type,
        product_id,
        success_level,
        renewal_band,
        health_band,
        touched,
        touched_renewed,
        controls,
        controls_renewed,
        cast(touched + controls as double) as total

    from counted

    where touched > 0 and controls > 0

)

select * from final
