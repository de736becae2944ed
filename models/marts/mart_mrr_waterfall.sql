-- Grain: one row per complete month. Opening plus all movements is closing, to the minor unit.

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

currency as (

    select * from {{ ref('int_currency') }}

),

levels as (

    select
        month,
        cast(sum(mrr) as bigint) as closing_mrr,
        cast(sum(mrr_in_grace) as bigint) as mrr_in_grace,
        cast(count_if(mrr > 0) as bigint) as closing_accounts

    from account_mrr

    where is_month_end

    group by 1

),

moved as (

    select
        month,
        {% for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
            cast(count_if(movement_type = '{{ movement }}') as bigint) as {{ movement }}_accounts,
            cast(sum(case when movement_type = '{{ movement }}' then delta_mrr else 0 end) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from movements

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
        coalesce(moved.new_mrr, 0) as new_mrr,
        coalesce(moved.reactivation_mrr, 0) as reactivation_mrr,
        coalesce(moved.expansion_mrr, 0) as expansion_mrr,
        coalesce(moved.contraction_mrr, 0) as contraction_mrr,
        coalesce(moved.churn_mrr, 0) as churn_mrr,
        complete_months.closing_mrr,
        complete_months.closing_mrr - complete_months.mrr_in_grace as mrr_confirmed,
        complete_months.mrr_in_grace,
        complete_months.opening_accounts,
        coalesce(moved.new_accounts, 0) as new_accounts,
        coalesce(moved.reactivation_accounts, 0) as reactivation_accounts,
        coalesce(moved.expansion_accounts, 0) as expansion_accounts,
        coalesce(moved.contraction_accounts, 0) as contraction_accounts,
        coalesce(moved.churn_accounts, 0) as churn_accounts,
        complete_months.closing_accounts,
        complete_months.is_final,
        currency.currency

    from complete_months
    cross join currency
    left join moved on complete_months.month = moved.month

)

select * from final
