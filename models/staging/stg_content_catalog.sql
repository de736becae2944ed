-- Grain: one row per content or function that customers can use,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'content_catalog') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        content_id,
        product_id,
        topic,
        available_from_date,
        available_to_date,
        plan,
        is_basic,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by content_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
