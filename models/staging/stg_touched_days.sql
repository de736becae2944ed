-- Grain: one row per source and day whose rows changed since the last build that went through.

with

touched_days as (

    select * from {{ source('raw', 'touched_days') }}

),

build_state as (

    select * from {{ source('raw', 'build_state') }}

),

renamed as (

    select distinct
        touched_days.source as source_name,
        touched_days.day as touched_date

    from touched_days

    where touched_days.load_seq > coalesce((select max(build_state.applied_load_seq) from build_state), 0)

)

select * from renamed
