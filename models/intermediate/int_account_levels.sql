{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): its success level. A fall
-- may be made to wait (policy level_hold_days); a rise never does.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

measured_levels as (

    select * from {{ ref('int_measured_levels') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- The best level of the month ends within the days of waiting holds; month ends, because they never thin out.
held as (

    select
        measured_levels.as_of_date,
        measured_levels.account_id,
        measured_levels.product_id,
        max(earlier.measured_level) as best_level

    from measured_levels
    inner join to_build on measured_levels.as_of_date = to_build.as_of_date
    cross join policies
    inner join measured_levels as earlier
        on
            measured_levels.account_id = earlier.account_id
            and measured_levels.product_id = earlier.product_id
            and measured_levels.as_of_date > earlier.as_of_date
            and earlier.as_of_date > {{ plus_days('measured_levels.as_of_date', '-1 * policies.level_hold_days') }}
    inner join spine on earlier.as_of_date = spine.as_of_date

    where spine.is_month_end and policies.level_hold_days > 1

    group by 1, 2, 3

),

final as (

    select
        measured_levels.as_of_date,
        measured_levels.account_id,
        measured_levels.product_id,
        measured_levels.product_profile,
        measured_levels.measured_level,
        case
            when measured_levels.measured_level is not null
                then greatest(measured_levels.measured_level, coalesce(held.best_level, measured_levels.measured_level))
        end as success_level,
        measured_levels.level_low,
        measured_levels.level_high,
        measured_levels.capped_by,
        measured_levels.blocking_condition,
        measured_levels.conditions_met_out_of_order,
        measured_levels.null_reason

    from measured_levels
    inner join to_build on measured_levels.as_of_date = to_build.as_of_date
    left join held
        on
            measured_levels.as_of_date = held.as_of_date
            and measured_levels.account_id = held.account_id
            and measured_levels.product_id = held.product_id

)

select * from final
