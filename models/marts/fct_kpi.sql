-- Grain: one row per date, scope and indicator of the catalogue: the company's numbers over time, in one long table.

with

kpi_scopes as (

    select * from {{ ref('int_kpi_scopes') }}

),

company_kpis as (

    select * from {{ ref('int_company_kpis') }}

),

expected_nrr as (

    select * from {{ ref('mart_expected_nrr') }}

),

retention as (

    select * from {{ ref('mart_retention') }}

    where definition = 'cohort_p2p' and horizon_months = 12

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

all_kpis as (

    select
        as_of_date,
        scope_type,
        scope_value,
        kpi_key,
        kpi_value,
        numerator,
        denominator,
        measured_things,
        known_things,
        null_reason

    from kpi_scopes

    union all

    select
        as_of_date,
        scope_type,
        scope_value,
        kpi_key,
        kpi_value,
        numerator,
        denominator,
        measured_things,
        known_things,
        null_reason

    from company_kpis

    {% for kpi_key, value, numerator, denominator in [
        ('nrr_12m', 'nrr', 'closing_mrr', 'opening_mrr'),
        ('grr_12m', 'grr', 'retained_mrr', 'opening_mrr'),
        ('logo_retention_12m', 'logo_retention', 'retained_accounts', 'accounts'),
    ] %}
        union all

        select
            period_end_date as as_of_date,
            scope_type,
            scope_value,
            '{{ kpi_key }}' as kpi_key,
            {{ value }} as kpi_value,
            cast({{ numerator }} as double) as numerator,
            cast({{ denominator }} as double) as denominator,
            accounts as measured_things,
            case when {{ value }} is null then 0 else accounts end as known_things,
            null_reason

        from retention
    {% endfor %}

    union all

    select
        as_of_date,
        scope_type,
        scope_value,
        'expected_nrr' as kpi_key,
        expected_nrr as kpi_value,
        cast(expected_mrr_12m as double) as numerator,
        cast(mrr as double) as denominator,
        accounts as measured_things,
        accounts as known_things,
        case when expected_nrr is null then 'no_mrr' end as null_reason

    from expected_nrr

),

final as (

    select
        all_kpis.as_of_date,
        all_kpis.scope_type,
        all_kpis.scope_value,
        all_kpis.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.unit,
        all_kpis.kpi_value,
        all_kpis.numerator,
        all_kpis.denominator,
        all_kpis.measured_things,
        all_kpis.known_things,
        all_kpis.null_reason

    from all_kpis
    inner join kpi_catalog on all_kpis.kpi_key = kpi_catalog.kpi_key

)

select * from final
