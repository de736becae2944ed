-- Grain: one row per complete month and product held at the end of it or of the month before. Opening plus all
-- movements is closing, in money and in accounts.

{% set movements = ['fx', 'opening_book', 'new', 'reactivation', 'upsell', 'cross_sell', 'downsell', 'product_dropped',
    'product_swap_in', 'product_swap_out', 'churn'] %}

with

month_ends as (

    select * from {{ ref('int_product_month_ends') }}

),

product_movements as (

    select * from {{ ref('fct_product_mrr_movement') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

-- Seen from one product, a swap is a way in or a way out.
named as (

    select
        month,
        product_id,
        delta_mrr,
        case
            when movement_type = 'opening' then 'opening_book'
            when movement_type = 'product_swap' and delta_mrr > 0 then 'product_swap_in'
            when movement_type = 'product_swap' then 'product_swap_out'
            else movement_type
        end as movement_type

    from product_movements

),

moved as (

    select
        month,
        product_id,
        {% for movement in movements -%}
            cast(count(case when movement_type = '{{ movement }}' then 1 end) as bigint) as {{ movement }}_accounts,
            cast(sum(case when movement_type = '{{ movement }}' then delta_mrr else 0 end) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from named

    group by 1, 2

),

final as (

    select
        month_ends.month,
        month_ends.product_id,
        month_ends.opening_mrr,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_mrr, 0) as {{ movement }}_mrr,
        {% endfor -%}
        month_ends.closing_mrr,
        month_ends.opening_accounts,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_accounts, 0) as {{ movement }}_accounts,
        {% endfor -%}
        month_ends.closing_accounts,
        month_ends.is_final,
        currency.currency

    from month_ends
    cross join currency
    left join moved on month_ends.month = moved.month and month_ends.product_id = moved.product_id

)

select * from final
