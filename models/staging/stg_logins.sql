-- Grain: one row per login event (or per user, day and product where the source counts by day).

with

source as (

    select * from {{ source('raw', 'logins') }}

),

renamed as (

    select
        -- ids
        account_id,
        user_id,
        product_id,
        event_id,

        -- when
        login_at,
        login_date,

        -- how often
        event_count,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from source

    -- login_date stands in the partition so that a filter on days reaches the scan.
    qualify row_number() over (
        partition by login_date, account_id, user_id, product_id, login_at, event_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
