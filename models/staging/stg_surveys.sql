-- Grain: one row per survey response, in its newest version.

with

source as (

    select * from {{ source('raw', 'surveys') }}

),

renamed as (

    select
        -- ids
        response_id,
        account_id,
        user_id,
        product_id,

        -- what was asked
        survey_type,
        touchpoint,

        -- the answer
        score,

        -- when
        responded_at,
        responded_date,
        sent_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (partition by response_id order by _delivery desc, _source_file desc, _row_number desc) = 1

)

select * from renamed
