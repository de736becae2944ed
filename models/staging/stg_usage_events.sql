-- Grain: one row per use of a content or function, or per user, content and day with a count,
-- in its newest version.

with

source as (

    select * from {{ source('raw', 'usage_events') }}

),

renamed as (

    select
        account_id,
        user_id,
        occurred_at,
        occurred_date,
        product_id,
        content_id,
        event_id,
        event_count,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    -- occurred_date stands in the partition so that a filter on days reaches the scan.
    qualify row_number() over (
        partition by occurred_date, account_id, user_id, occurred_at, product_id, content_id, event_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
