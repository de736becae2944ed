-- Grain: one row per announcement and user it was delivered to,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'announcement_deliveries') }}

),

renamed as (

    select
        announcement_id,
        account_id,
        user_id,
        product_id,
        delivered_at,
        delivered_date,
        read_at,
        read_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by announcement_id, account_id, user_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
