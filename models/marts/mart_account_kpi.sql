-- Grain: one row per customer, product it holds (`all`: the customer as a whole) and indicator, on the as-of date.

with

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

profile_kpis as (

    select * from {{ ref('profile_kpis') }}

),

-- What a profile does not speak of is shown; a customer as a whole shows what its main product shows.
final as (

    select
        account_kpis.as_of_date,
        account_kpis.account_id,
        account_kpis.product_id,
        units.product_profile,
        account_kpis.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.unit,
        account_kpis.numerator,
        account_kpis.denominator,
        account_kpis.kpi_value,
        account_kpis.null_reason,
        coalesce(profile_kpis.is_shown, true) as is_shown

    from account_kpis
    inner join spine on account_kpis.as_of_date = spine.as_of_date and spine.is_latest
    inner join units
        on
            account_kpis.as_of_date = units.as_of_date
            and account_kpis.account_id = units.account_id
            and account_kpis.product_id = units.product_id
    inner join kpi_catalog on account_kpis.kpi_key = kpi_catalog.kpi_key
    left join profile_kpis
        on units.product_profile = profile_kpis.product_profile and account_kpis.kpi_key = profile_kpis.kpi_key

)

select * from final
