-- Grain: one row per fiscal year, product profile and indicator that matters in it: how much, and how it stands (S11).

with

priorities as (

    select * from {{ ref('kpi_priorities') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

kpi_scopes as (

    select * from {{ ref('int_kpi_scopes') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

latest as (

    select as_of_date from spine
    where is_latest

),

-- A fiscal year is named by the calendar year it begins in.
years as (

    select
        priorities.*,
        cast(
            priorities.fiscal_year || '-' || lpad(cast(policies.fiscal_year_start_month as {{ dbt.type_string() }}), 2, '0')
            || '-01' as date
        ) as year_start_date

    from priorities
    cross join policies

),

dated as (

    select
        years.*,
        {{ plus_months('years.year_start_date', 12) }} as year_end_date_exclusive,
        latest.as_of_date

    from years
    cross join latest

),

-- A year that is over is read on its last day, the running one on the as-of date, one to come not yet.
placed as (

    select
        *,
        case
            when year_end_date_exclusive <= as_of_date then {{ plus_days('year_end_date_exclusive', '-1') }}
            when year_start_date <= as_of_date then as_of_date
        end as reading_date,
        {{ plus_days('year_start_date', '-1') }} as opening_date,
        sum(cast(weight as decimal(18, 6))) over (partition by fiscal_year, product_profile) as all_weight

    from dated

),

final as (

    select
        placed.fiscal_year,
        placed.product_profile,
        placed.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.unit,
        kpi_catalog.direction,
        placed.weight,
        {{ rate('placed.weight', 'placed.all_weight') }} as weight_share,
        cast(row_number() over (
            partition by placed.fiscal_year, placed.product_profile order by placed.weight desc, placed.kpi_key asc
        ) as int) as priority,
        placed.year_start_date,
        placed.year_end_date_exclusive,
        placed.opening_date,
        opening.kpi_value as opening_value,
        placed.reading_date,
        reading.kpi_value as reading_value,
        {{ nine_decimals('reading.kpi_value - opening.kpi_value') }} as change,
        case
            when reading.kpi_value is not null then null
            when placed.reading_date is null then 'year_has_not_begun'
            when reading.kpi_key is null then 'no_product_of_the_profile'
            else reading.null_reason
        end as null_reason

    from placed
    inner join kpi_catalog on placed.kpi_key = kpi_catalog.kpi_key
    left join kpi_scopes as opening
        on
            placed.opening_date = opening.as_of_date
            and opening.scope_type = 'product_profile'
            and placed.product_profile = opening.scope_value
            and placed.kpi_key = opening.kpi_key
    left join kpi_scopes as reading
        on
            placed.reading_date = reading.as_of_date
            and reading.scope_type = 'product_profile'
            and placed.product_profile = reading.scope_value
            and placed.kpi_key = reading.kpi_key

)

select * from final
