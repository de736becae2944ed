-- Grain: one row per invitation to answer a survey,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'survey_invitations') }}

),

renamed as (

    select
        invitation_id,
        account_id,
        user_id,
        product_id,
        sent_at,
        sent_date,
        survey_type,
        touchpoint,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    qualify row_number() over (
        partition by invitation_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
