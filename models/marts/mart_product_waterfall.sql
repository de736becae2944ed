-- Grain: one row per complete month and product held at the end of it or of the month before. Opening plus all
-- movements is closing, in money and in accounts.

{% set movements = ['fx', 'opening_book', 'new', 'reactivation', 'upsell', 'cross_sell', 'downsell', 'product_dropped',
    'product_swap_in', 'product_swap_out', 'churn'] %}

with

account_product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

month_ends as (

    select
        snapshot_date,
        month,
        is_final,
        lead(month) over (order by snapshot_date) as next_month,
        lead(is_final) over (order by snapshot_date) as is_next_final

    from {{ ref('int_snapshot_dates') }}

    where is_month_end

),

product_movements as (

    select * from {{ ref('fct_product_mrr_movement') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

month_end_totals as (

    select
        month_ends.month,
        month_ends.is_final,
        month_ends.next_month,
        month_ends.is_next_final,
        account_product_mrr.product_id,
        cast(sum(account_product_mrr.mrr) as bigint) as mrr,
        cast(count_if(account_product_mrr.mrr > 0) as bigint) as accounts

    from month_ends
    inner join account_product_mrr on month_ends.snapshot_date = account_product_mrr.snapshot_date

    group by 1, 2, 3, 4, 5

),

-- The end of a month is the opening of the next.
ends as (

    select
        next_month as month,
        is_next_final as is_final,
        product_id,
        mrr as opening_mrr,
        accounts as opening_accounts,
        0 as closing_mrr,
        0 as closing_accounts

    from month_end_totals

    where next_month is not null

    union all

    select
        month,
        is_final,
        product_id,
        0 as opening_mrr,
        0 as opening_accounts,
        mrr as closing_mrr,
        accounts as closing_accounts

    from month_end_totals

),

levels as (

    select
        month,
        product_id,
        is_final,
        {% for level in ['opening_mrr', 'opening_accounts', 'closing_mrr', 'closing_accounts'] -%}
            cast(sum({{ level }}) as bigint) as {{ level }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from ends

    group by 1, 2, 3

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
            cast(count_if(movement_type = '{{ movement }}') as bigint) as {{ movement }}_accounts,
            cast(sum(case when movement_type = '{{ movement }}' then delta_mrr else 0 end) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from named

    group by 1, 2

),

final as (

    select
        levels.month,
        levels.product_id,
        levels.opening_mrr,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_mrr, 0) as {{ movement }}_mrr,
        {% endfor -%}
        levels.closing_mrr,
        levels.opening_accounts,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_accounts, 0) as {{ movement }}_accounts,
        {% endfor -%}
        levels.closing_accounts,
        levels.is_final,
        currency.currency

    from levels
    cross join currency
    left join moved on levels.month = moved.month and levels.product_id = moved.product_id

)

select * from final
