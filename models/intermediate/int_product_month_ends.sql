-- Grain: one row per complete month and product held at the end of it or of the month before: MRR and paying accounts at
-- both.

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

month_end_totals as (

    select
        month_ends.month,
        month_ends.is_final,
        month_ends.next_month,
        month_ends.is_next_final,
        account_product_mrr.product_id,
        cast(sum(account_product_mrr.mrr) as bigint) as mrr,
        cast(count(case when account_product_mrr.mrr > 0 then 1 end) as bigint) as accounts

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

final as (

    select
        month,
        product_id,
        is_final,
        {% for amount in ['opening_mrr', 'opening_accounts', 'closing_mrr', 'closing_accounts'] -%}
            cast(sum({{ amount }}) as bigint) as {{ amount }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from ends

    group by 1, 2, 3

)

select * from final
