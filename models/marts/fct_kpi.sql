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

landing as (

    select * from {{ ref('mart_nrr_landing') }}

    where is_current

),

retention as (

    select * from {{ ref('mart_retention') }}

    where definition = 'cohort_p2p' and horizon_months = 12

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

all_kpis as (

    {% for measured in ['kpi_scopes', 'company_kpis'] %}
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

        from {{ measured }}

        {{ 'union all' if not loop.last }}
    {% endfor %}

    {% for kpi_key, value, numerator, denominator in [
        ('nrr_12m', 'nrr', 'closing_mrr', 'opening_mrr'),
        ('grr_12m', 'grr', 'retained_mrr', 'opening_mrr'),
        ('logo_retention_12m', 'logo_retention', 'retained_accounts', 'accounts'),
        ('logo_churn_12m', nine_decimals('1 - logo_retention'), 'accounts - retained_accounts', 'accounts'),
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

    union all

    select
        as_of_date,
        case when owner_id = 'all' then 'all' else 'owner' end as scope_type,
        owner_id as scope_value,
        'nrr_landing' as kpi_key,
        landing_nrr as kpi_value,
        case when landing_nrr is not null then cast(landing_mrr as double) end as numerator,
        case when landing_nrr is not null then cast(mrr_at_start as double) end as denominator,
        accounts_at_start as measured_things,
        accounts_at_start as known_things,
        null_reason

    from landing

),

-- A company without customers, or younger than what an indicator looks back on, says so instead of saying nothing.
with_silent_ones as (

    select * from all_kpis

    union all

    select
        spine.as_of_date,
        'all' as scope_type,
        'all' as scope_value,
        kpi_catalog.kpi_key,
        cast(null as double) as kpi_value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(0 as bigint) as measured_things,
        cast(0 as bigint) as known_things,
        case when kpi_catalog.kpi_key = 'nrr_landing' then 'no_target_to_land_at' else 'nothing_to_measure_yet' end
            as null_reason

    from kpi_catalog
    inner join spine on spine.is_latest
    left join all_kpis
        on
            spine.as_of_date = all_kpis.as_of_date
            and all_kpis.scope_type = 'all'
            and kpi_catalog.kpi_key = all_kpis.kpi_key

    where all_kpis.kpi_key is null

),

final as (

    select
        with_silent_ones.as_of_date,
        with_silent_ones.scope_type,
        with_silent_ones.scope_value,
        with_silent_ones.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.unit,
        with_silent_ones.kpi_value,
        with_silent_ones.numerator,
        with_silent_ones.denominator,
        with_silent_ones.measured_things,
        with_silent_ones.known_things,
        with_silent_ones.null_reason

    from with_silent_ones
    inner join kpi_catalog on with_silent_ones.kpi_key = kpi_catalog.kpi_key

)

select * from final
