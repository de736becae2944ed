{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer, product it holds (`all`: the customer as a whole) and indicator that a score,
-- a level or a phase reads: any indicator of the catalogue that is measured for customers can stand in those seeds.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

asked as (

    {% for seed, column in [
        ('health_profiles', 'metric_key'), ('score_caps', 'metric_key'), ('success_level_conditions', 'metric_key'),
        ('phases', 'metric_key'), ('phases', 'exit_metric_key'),
    ] %}
        select {{ column }} as metric_key from {{ ref(seed) }}
        {{ 'union' if not loop.last }}
    {% endfor %}

),

measured as (

    select
        account_kpis.as_of_date,
        account_kpis.account_id,
        account_kpis.product_id,
        account_kpis.kpi_key,
        account_kpis.kpi_value,
        account_kpis.null_reason,
        account_kpis.product_id <> 'all'
        and (
            account_kpis.null_reason like '%_without_product'
            or account_kpis.null_reason in ('measured_per_account', 'never_paid_for')
        ) as is_of_customer

    from account_kpis
    inner join to_build on account_kpis.as_of_date = to_build.as_of_date
    inner join asked on account_kpis.kpi_key = asked.metric_key

),

whole_customers as (

    select * from measured
    where product_id = 'all'

),

-- A source that names no product still says something about the customer: that stands in, and says whose it is.
final as (

    select
        measured.as_of_date,
        measured.account_id,
        measured.product_id,
        measured.kpi_key as metric_key,
        case when measured.is_of_customer then whole_customers.kpi_value else measured.kpi_value end as metric_value,
        case
            when measured.is_of_customer or measured.product_id = 'all' then 'customer' else 'product'
        end as measured_for,
        case
            when measured.is_of_customer then whole_customers.null_reason else measured.null_reason
        end as null_reason

    from measured
    left join whole_customers
        on
            measured.as_of_date = whole_customers.as_of_date
            and measured.account_id = whole_customers.account_id
            and measured.kpi_key = whole_customers.kpi_key

)

select * from final
