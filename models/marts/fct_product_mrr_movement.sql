-- Grain: one row per account, product, month and movement type: what was sold and lost, and why. The products of an
-- account add up to its own movement (R4).

with

product_changes as (

    select * from {{ ref('int_product_mrr_changes') }}

),

reasons as (

    select * from {{ ref('int_movement_reasons') }}

),

account_movements as (

    select * from {{ ref('fct_mrr_movement') }}

),

product_swaps as (

    select * from {{ ref('int_product_swaps') }}

),

-- An account that comes or leaves does so with all its products.
comings_and_goings as (

    select * from account_movements
    where movement_type in ('opening', 'new', 'reactivation', 'churn')

),

sold_or_lost as (

    select
        changes.*,
        {% for reason in ['seat', 'price', 'plan', 'discount', 'other'] -%}
            reasons.{{ reason }}_mrr,
        {% endfor -%}
        coalesce(product_swaps.movements, 1) as movements,
        case
            when accounts.movement_type is not null then accounts.movement_type
            when product_swaps.product_id is not null then 'product_swap'
            when changes.opening_mrr = 0 then 'cross_sell'
            when changes.closing_mrr = 0 then 'product_dropped'
            when changes.movement_mrr > 0 then 'upsell'
            else 'downsell'
        end as movement_type

    from product_changes as changes
    inner join reasons
        on
            changes.account_id = reasons.account_id
            and changes.product_id = reasons.product_id
            and changes.month = reasons.month
    left join comings_and_goings as accounts
        on changes.account_id = accounts.account_id and changes.month = accounts.month
    left join product_swaps
        on
            changes.account_id = product_swaps.account_id
            and changes.product_id = product_swaps.product_id
            and changes.month = product_swaps.month

),

final as (

    select
        account_id,
        product_id,
        month,
        'fx' as movement_type,
        cast(opening_mrr as bigint) as opening_mrr,
        cast(fx_mrr as bigint) as delta_mrr,
        cast(opening_mrr + fx_mrr as bigint) as closing_mrr,
        1 as movements,
        {% for reason in ['seat', 'price', 'plan', 'discount'] -%}
            cast(0 as bigint) as {{ reason }}_mrr,
        {% endfor -%}
        cast(fx_mrr as bigint) as other_mrr,
        is_final

    from product_changes

    where fx_mrr <> 0

    union all

    select
        account_id,
        product_id,
        month,
        movement_type,
        cast(opening_mrr + fx_mrr as bigint) as opening_mrr,
        cast(movement_mrr as bigint) as delta_mrr,
        cast(closing_mrr as bigint) as closing_mrr,
        movements,
        {% for reason in ['seat', 'price', 'plan', 'discount', 'other'] -%}
            cast({{ reason }}_mrr as bigint) as {{ reason }}_mrr,
        {% endfor -%}
        is_final

    from sold_or_lost

)

select * from final
