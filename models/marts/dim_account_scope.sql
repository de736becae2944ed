-- Grain: one row per account and scope it is counted in. Products are no scope of an account: it may hold several.

with

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

final as (

    select
        account_id,
        scope_type,
        scope_value

    from account_scopes

)

select * from final
