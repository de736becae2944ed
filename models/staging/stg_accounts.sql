-- Grain: one row per account, as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'accounts') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        -- ids
        account_id,
        parent_account_id,
        merged_into_account_id,
        owner_id,
        corporate_number,

        -- what it is
        account_name,
        segment,
        industry,
        country,
        headcount,

        -- dates
        created_date,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (partition by account_id order by _delivery desc, _source_file desc, _row_number desc) = 1

)

select * from renamed
