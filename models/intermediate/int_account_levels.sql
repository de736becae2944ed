{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): its success level and
-- since when it stands there. A fall may be made to wait (policy level_hold_days); a rise never does.

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

-- The best level of the last days holds; with 0 days nothing is held.
held as (

    select
        measured_levels.as_of_date,
        measured_levels.account_id,
        measured_levels.product_id,
        max(earlier.measured_level) as best_level

    from measured_levels
    cross join policies
    inner join measured_levels as earlier
        on
            measured_levels.account_id = earlier.account_id
            and measured_levels.product_id = earlier.product_id
            and measured_levels.as_of_date > earlier.as_of_date
            and earlier.as_of_date > {{ plus_days('measured_levels.as_of_date', '-1 * policies.level_hold_days') }}

    where policies.level_hold_days > 1

    group by 1, 2, 3

),

placed as (

    select
        spine.as_of_date,
        row_number() over (order by spine.as_of_date) as position

    from spine

),

levels as (

    select
        measured_levels.as_of_date,
        placed.position,
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
    inner join placed on measured_levels.as_of_date = placed.as_of_date
    left join held
        on
            measured_levels.as_of_date = held.as_of_date
            and measured_levels.account_id = held.account_id
            and measured_levels.product_id = held.product_id

),

-- A stretch ends where the level changes, or where the customer was none on a date in between.
marked as (

    select
        *,
        lag(position) over unit is null
        or lag(position) over unit < position - 1
        or coalesce(lag(success_level) over unit, -1) <> coalesce(success_level, -1) as is_first_of_stretch

    from levels

    window unit as (partition by account_id, product_id order by as_of_date)

),

dated as (

    select
        *,
        max(case when is_first_of_stretch then as_of_date end) over (
            partition by account_id, product_id order by as_of_date
            rows between unbounded preceding and current row
        ) as level_since_date

    from marked

),

final as (

    select
        dated.as_of_date,
        dated.account_id,
        dated.product_id,
        dated.product_profile,
        dated.measured_level,
        dated.success_level,
        dated.level_low,
        dated.level_high,
        dated.capped_by,
        dated.blocking_condition,
        dated.conditions_met_out_of_order,
        dated.level_since_date,
        cast({{ days_between('dated.level_since_date', 'dated.as_of_date') }} as int) as days_in_level,
        dated.null_reason

    from dated
    inner join to_build on dated.as_of_date = to_build.as_of_date

)

select * from final
