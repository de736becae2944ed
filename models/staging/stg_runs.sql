-- Grain: one row per run of the daily job.

with

source as (

    select * from {{ source('quality', 'run') }}

),

renamed as (

    select
        run_id,
        started_at,
        config_hash

    from source

)

select * from renamed
