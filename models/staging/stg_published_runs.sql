-- Grain: one row per publish before this build.

with

source as (

    select * from {{ source('quality', 'published_run') }}

),

renamed as (

    select
        publish_number,
        run_id,
        as_of_date,
        published_at,
        config_hash

    from source

)

select * from renamed
