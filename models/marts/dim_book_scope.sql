-- Grain: one row per account, product it ever held and scope its MRR is counted in.

with

book_scopes as (

    select * from {{ ref('int_book_scopes') }}

),

final as (

    select
        account_id,
        product_id,
        scope_type,
        scope_value

    from book_scopes

)

select * from final
