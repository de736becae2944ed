-- Grain: one row per currency and day from which a rate holds, in its newest version.

with

source as (

    select * from {{ source('raw', 'fx_rates') }}

),

renamed as (

    select
        currency,
        rate_date,
        rate,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by currency, rate_date order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
