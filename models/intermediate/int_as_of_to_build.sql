-- Grain: one row per date of the spine whose rows have to be made (again): it is new, or something dated
-- on or before it changed since the last build that went through.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

touched_days as (

    select * from {{ ref('stg_touched_days') }}

),

build_state as (

    select * from {{ ref('stg_build_state') }}

),

-- A change that belongs to no day (an account, say) may concern every day.
rebuild_from as (

    select min(coalesce(touched_date, cast('1900-01-01' as date))) as touched_date from touched_days

),

built as (

    select max(built_as_of_date) as as_of_date from build_state

),

final as (

    select
        spine.as_of_date,
        spine.is_month_end,
        spine.is_latest

    from spine
    cross join rebuild_from
    cross join built

    where
        built.as_of_date is null
        or spine.as_of_date > built.as_of_date
        or spine.as_of_date >= rebuild_from.touched_date

)

select * from final
