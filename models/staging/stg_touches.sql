-- Grain: one row per action of customer success towards a customer,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'touches') }}

),

renamed as (

    select
        touch_id,
        account_id,
        touched_at,
        touched_date,
        touch_type,
        channel,
        owner_id,
        minutes,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by touch_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
