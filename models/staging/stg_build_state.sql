-- Grain: one row, what the last build that went through covered; none before the first.

with

source as (

    select * from {{ source('raw', 'build_state') }}

),

renamed as (

    select
        as_of_date as built_as_of_date,
        applied_load_seq

    from source

)

select * from renamed
