-- Grain: one row per range of days somebody asked to keep as daily history.

with

source as (

    select * from {{ source('raw', 'backfill_ranges') }}

),

renamed as (

    select distinct
        from_date,
        to_date

    from source

)

select * from renamed
