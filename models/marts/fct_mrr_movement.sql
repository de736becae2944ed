-- Grain: one row per account, month and movement type. At most two a month: the exchange rates, and the account itself.

with

movements as (

    select * from {{ ref('int_mrr_movements') }}

),

final as (

    select
        unit_account_id as account_id,
        month,
        movement_type,
        opening_mrr,
        delta_mrr,
        closing_mrr,
        is_final

    from movements

    where unit_type = 'account'

)

select * from final
