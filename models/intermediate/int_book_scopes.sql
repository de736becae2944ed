-- Grain: one row per account, product it ever held and scope its MRR is counted in: the scopes of the account, and the
-- product itself. Attributes are today's, for all dates.

with

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

held as (

    select distinct
        account_id,
        product_id

    from {{ ref('int_contract_lines') }}

),

final as (

    select
        held.account_id,
        held.product_id,
        account_scopes.scope_type,
        account_scopes.scope_value

    from held
    inner join account_scopes on held.account_id = account_scopes.account_id

    union all

    select
        account_id,
        product_id,
        'product' as scope_type,
        product_id as scope_value

    from held

)

select * from final
