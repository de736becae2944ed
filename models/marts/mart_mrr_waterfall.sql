-- Grain: one row per complete month. Opening plus all movements is closing, to the minor unit.

{# The MRR of the first month of a history that starts with running contracts is no opening of that month. #}
{% set movements = ['fx', 'opening_book', 'new', 'reactivation', 'expansion', 'contraction', 'churn'] %}
{% set product_movements = ['upsell', 'cross_sell', 'downsell', 'product_dropped', 'product_swap'] %}

with

months as (

    select * from {{ ref('dim_month') }}

),

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

movements as (

    select * from {{ ref('fct_mrr_movement') }}

),

product_movements as (

    select * from {{ ref('fct_product_mrr_movement') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

levels as (

    select
        month,
        cast(sum(mrr) as bigint) as closing_mrr,
        cast(sum(mrr_in_grace) as bigint) as mrr_in_grace,
        cast(count(case when mrr > 0 then 1 end) as bigint) as closing_accounts

    from account_mrr

    where is_month_end

    group by 1

),

moved as (

    select
        month,
        {% for movement in movements -%}
            {% set is_type = "movement_type = '" ~ movement.replace('_book', '') ~ "'" -%}
            cast(count(case when {{ is_type }} then 1 end) as bigint) as {{ movement }}_accounts,
            cast(sum(case when {{ is_type }} then delta_mrr else 0 end) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from movements

    group by 1

),

-- The gross figures beside: what was sold and lost in accounts that stay.
sold_and_lost as (

    select
        month,
        {% for movement in product_movements -%}
            cast(sum(case when movement_type = '{{ movement }}' then movements else 0 end) as bigint)
                as {{ movement }}_count,
            cast(sum(case when movement_type = '{{ movement }}' then delta_mrr else 0 end) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from product_movements

    group by 1

),

-- A month without a single movement is a month all the same.
complete_months as (

    select
        months.month,
        months.month_end_date,
        months.is_final,
        coalesce(lag(levels.closing_mrr) over (order by months.month), 0) as opening_mrr,
        coalesce(lag(levels.closing_accounts) over (order by months.month), 0) as opening_accounts,
        coalesce(levels.closing_mrr, 0) as closing_mrr,
        coalesce(levels.mrr_in_grace, 0) as mrr_in_grace,
        coalesce(levels.closing_accounts, 0) as closing_accounts

    from months
    left join levels on months.month = levels.month

    where months.is_complete

),

final as (

    select
        complete_months.month,
        complete_months.month_end_date,
        complete_months.opening_mrr,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_mrr, 0) as {{ movement }}_mrr,
        {% endfor -%}
        complete_months.closing_mrr,
        complete_months.closing_mrr - complete_months.mrr_in_grace as mrr_confirmed,
        complete_months.mrr_in_grace,
        complete_months.opening_accounts,
        {% for movement in movements -%}
            coalesce(moved.{{ movement }}_accounts, 0) as {{ movement }}_accounts,
        {% endfor -%}
        complete_months.closing_accounts,
        {% for movement in product_movements -%}
            coalesce(sold_and_lost.{{ movement }}_mrr, 0) as {{ movement }}_mrr,
            coalesce(sold_and_lost.{{ movement }}_count, 0) as {{ movement }}_count,
        {% endfor -%}
        complete_months.is_final,
        currency.currency

    from complete_months
    cross join currency
    left join moved on complete_months.month = moved.month
    left join sold_and_lost on complete_months.month = sold_and_lost.month

)

select * from final
