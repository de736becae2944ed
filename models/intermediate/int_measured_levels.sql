{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): the success level its
-- conditions say, or the bounds it must lie between (L2).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

level_conditions as (

    select * from {{ ref('int_level_conditions') }}

),

-- A level needs all lower ones: the first one missed ends the climb, and nobody climbs past what can be judged.
-- Unknown counts as missed for the lower bound and as met for the upper one.
climbed as (

    select
        level_conditions.as_of_date,
        level_conditions.account_id,
        level_conditions.product_id,
        level_conditions.product_profile,
        max(case when not level_conditions.is_skipped then level_conditions.success_level end) as top_level,
        min(case
            when not coalesce(level_conditions.is_met, false) and not level_conditions.is_skipped
                then level_conditions.success_level
        end) as first_level_not_met,
        min(case
            when not level_conditions.is_met and not level_conditions.is_skipped
                then level_conditions.success_level
        end) as first_level_missed,
        cast(count(case when not level_conditions.is_skipped then 1 end) as bigint) as usable_conditions,
        min(level_conditions.null_reason) as null_reason

    from level_conditions
    inner join to_build on level_conditions.as_of_date = to_build.as_of_date

    group by 1, 2, 3, 4

),

bounds as (

    select
        as_of_date,
        account_id,
        product_id,
        product_profile,
        usable_conditions,
        null_reason,
        case when usable_conditions > 0 then coalesce(first_level_not_met - 1, top_level) end as level_low,
        case when usable_conditions > 0 then coalesce(first_level_missed - 1, top_level) end as level_high

    from climbed

),

-- The condition that keeps an account from the next level: the missed one nearest by key, else the unknown one.
blocking as (

    select
        bounds.as_of_date,
        bounds.account_id,
        bounds.product_id,
        min(case when not level_conditions.is_met then level_conditions.condition_key end) as missed_condition,
        min(case when level_conditions.is_met is null then level_conditions.condition_key end) as unknown_condition

    from bounds
    inner join level_conditions
        on
            bounds.as_of_date = level_conditions.as_of_date
            and bounds.account_id = level_conditions.account_id
            and bounds.product_id = level_conditions.product_id
            and bounds.level_low + 1 = level_conditions.success_level
            and not level_conditions.is_skipped

    group by 1, 2, 3

),

-- Met above the level that is next: of no use until the lower ones are.
out_of_order as (

    select
        bounds.as_of_date,
        bounds.account_id,
        bounds.product_id,
        cast(count(*) as bigint) as conditions

    from bounds
    inner join level_conditions
        on
            bounds.as_of_date = level_conditions.as_of_date
            and bounds.account_id = level_conditions.account_id
            and bounds.product_id = level_conditions.product_id
            and bounds.level_low + 1 < level_conditions.success_level
            and level_conditions.is_met

    group by 1, 2, 3

),

final as (

    select
        bounds.as_of_date,
        bounds.account_id,
        bounds.product_id,
        bounds.product_profile,
        cast(case when bounds.level_low = bounds.level_high then bounds.level_low end as int) as measured_level,
        cast(bounds.level_low as int) as level_low,
        cast(bounds.level_high as int) as level_high,
        case when bounds.level_low < bounds.level_high then blocking.unknown_condition end as capped_by,
        coalesce(blocking.missed_condition, blocking.unknown_condition) as blocking_condition,
        coalesce(out_of_order.conditions, 0) as conditions_met_out_of_order,
        case
            when bounds.usable_conditions = 0 then bounds.null_reason
            when bounds.level_low < bounds.level_high then 'condition_unknown'
        end as null_reason

    from bounds
    left join blocking
        on
            bounds.as_of_date = blocking.as_of_date
            and bounds.account_id = blocking.account_id
            and bounds.product_id = blocking.product_id
    left join out_of_order
        on
            bounds.as_of_date = out_of_order.as_of_date
            and bounds.account_id = out_of_order.account_id
            and bounds.product_id = out_of_order.product_id

)

select * from final
