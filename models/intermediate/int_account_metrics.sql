{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and indicator that a score, a level or a phase reads, for the customer as a
-- whole: any indicator of the catalogue that is measured for customers can stand in those seeds.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

asked as (

    {% for seed in ['health_profiles', 'success_level_conditions', 'phases'] %}
        select metric_key from {{ ref(seed) }}
        {{ 'union' if not loop.last }}
    {% endfor %}

),

final as (

    select
        account_kpis.as_of_date,
        account_kpis.account_id,
        account_kpis.kpi_key as metric_key,
        account_kpis.kpi_value as metric_value,
        account_kpis.null_reason

    from account_kpis
    inner join to_build on account_kpis.as_of_date = to_build.as_of_date
    inner join asked on account_kpis.kpi_key = asked.metric_key

    where account_kpis.product_id = 'all'

)

select * from final
