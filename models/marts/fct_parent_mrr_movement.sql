-- Grain: one row per group of accounts (the account at the top of its parents), month and movement type: what moves
-- inside a group is no movement (R4).

with

movements as (

    select * from {{ ref('int_mrr_movements') }}

),

final as (

    select
        unit_account_id as group_account_id,
        month,
        movement_type,
        opening_mrr,
        delta_mrr,
        closing_mrr,
        is_final

    from movements

    where unit_type = 'group'

)

select * from final
