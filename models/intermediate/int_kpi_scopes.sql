{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, scope and indicator measured for customers. Scopes of customers (all, segment, industry,
-- owner) read each customer as a whole, scopes of products (product, product_profile) what it does with that product.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

built_kpis as (

    select
        account_kpis.as_of_date,
        account_kpis.account_id,
        account_kpis.product_id,
        account_kpis.kpi_key,
        account_kpis.numerator,
        account_kpis.denominator,
        account_kpis.kpi_value,
        account_kpis.null_reason

    from account_kpis
    inner join to_build on account_kpis.as_of_date = to_build.as_of_date

),

in_scopes as (

    select
        built_kpis.*,
        account_scopes.scope_type,
        account_scopes.scope_value

    from built_kpis
    inner join account_scopes
        on
            built_kpis.account_id = account_scopes.account_id
            and account_scopes.scope_type in ('all', 'segment', 'industry', 'owner')

    where built_kpis.product_id = 'all'

    union all

    select
        *,
        'product' as scope_type,
        product_id as scope_value

    from built_kpis

    where product_id <> 'all'

    union all

    select
        built_kpis.*,
        'product_profile' as scope_type,
        units.product_profile as scope_value

    from built_kpis
    inner join units
        on
            built_kpis.as_of_date = units.as_of_date
            and built_kpis.account_id = units.account_id
            and built_kpis.product_id = units.product_id

    where built_kpis.product_id <> 'all'

),

-- Decimals add up to the same digits in any order.
summed as (

    select
        as_of_date,
        scope_type,
        scope_value,
        kpi_key,
        cast(count(*) as bigint) as measured_things,
        cast(count(kpi_value) as bigint) as known_things,
        sum(cast(numerator as decimal(28, 9))) as numerator,
        sum(cast(denominator as decimal(28, 9))) as denominator,
        percentile_cont(0.5) within group (order by kpi_value) as median_value,
        min(null_reason) as null_reason

    from in_scopes

    group by 1, 2, 3, 4

),

final as (

    select
        summed.as_of_date,
        summed.scope_type,
        summed.scope_value,
        summed.kpi_key,
        case
            when kpi_catalog.aggregation = 'median' then {{ nine_decimals('summed.median_value') }}
            else {{ rate('summed.numerator', 'summed.denominator') }}
        end as kpi_value,
        cast(summed.numerator as double) as numerator,
        cast(summed.denominator as double) as denominator,
        summed.measured_things,
        summed.known_things,
        case when summed.known_things = 0 then summed.null_reason end as null_reason

    from summed
    inner join kpi_catalog on summed.kpi_key = kpi_catalog.kpi_key

)

select * from final
