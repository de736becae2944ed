-- Grain: one row per health score set by a person for a customer, until it expires,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'health_overrides') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        override_id,
        account_id,
        product_id,
        score,
        author_id,
        reason,
        valid_from_date,
        expires_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by override_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
