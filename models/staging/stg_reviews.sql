-- Grain: one row per review, referral or case that a customer gave,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'reviews') }}

),

renamed as (

    select
        review_id,
        account_id,
        recorded_date,
        kind,
        rating,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by account_id, recorded_date, kind, rating, review_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
