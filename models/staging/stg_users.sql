-- Grain: one row per user account of a customer, as the product knows it today,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'users') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        account_id,
        user_id,
        issued_date,
        deactivated_date,
        role,
        product_id,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by account_id, user_id, product_id
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
