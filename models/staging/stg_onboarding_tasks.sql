-- Grain: one row per account, product and step of its set-up,
-- as the newest delivery says it.

with

source as (

    select * from {{ source('raw', 'onboarding_tasks') }}

),

newest_delivery as (

    select *
    from source
    where _delivery = (select max(newest._delivery) from source as newest)

),

renamed as (

    select
        account_id,
        product_id,
        task_key,
        planned_date,
        started_date,
        completed_date,
        is_mandatory,
        done_by,

        -- lineage
        _source_file as source_file,
        _row_number as source_row_number

    from newest_delivery

    qualify row_number() over (
        partition by account_id, product_id, task_key
        order by _delivery desc, _source_file desc, _row_number desc
    ) = 1

)

select * from renamed
