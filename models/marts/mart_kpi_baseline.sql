-- Grain: one row per scope and leading indicator ever measured in it: where it stood at first, where it stands, and what
-- has changed (S10).

with

kpi_scopes as (

    select * from {{ ref('int_kpi_scopes') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

measured as (

    select
        kpi_scopes.*,
        spine.is_latest

    from kpi_scopes
    inner join spine on kpi_scopes.as_of_date = spine.as_of_date and (spine.is_month_end or spine.is_latest)

    where kpi_scopes.kpi_value is not null

),

first_and_last as (

    select
        scope_type,
        scope_value,
        kpi_key,
        min(as_of_date) as baseline_date,
        max(as_of_date) as newest_date

    from measured

    group by 1, 2, 3

),

final as (

    select
        first_and_last.scope_type,
        first_and_last.scope_value,
        first_and_last.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.unit,
        kpi_catalog.direction,
        first_and_last.baseline_date,
        baseline.kpi_value as baseline_value,
        baseline.known_things as baseline_things,
        first_and_last.newest_date,
        newest.kpi_value as newest_value,
        newest.known_things as newest_things,
        {{ nine_decimals('newest.kpi_value - baseline.kpi_value') }} as change,
        case
            when kpi_catalog.direction = 'none' or newest.kpi_value = baseline.kpi_value then null
            else (newest.kpi_value > baseline.kpi_value) = (kpi_catalog.direction = 'higher')
        end as is_better,
        newest.is_latest as is_current

    from first_and_last
    inner join measured as baseline
        on
            first_and_last.scope_type = baseline.scope_type
            and first_and_last.scope_value = baseline.scope_value
            and first_and_last.kpi_key = baseline.kpi_key
            and first_and_last.baseline_date = baseline.as_of_date
    inner join measured as newest
        on
            first_and_last.scope_type = newest.scope_type
            and first_and_last.scope_value = newest.scope_value
            and first_and_last.kpi_key = newest.kpi_key
            and first_and_last.newest_date = newest.as_of_date
    inner join kpi_catalog
        on first_and_last.kpi_key = kpi_catalog.kpi_key and kpi_catalog.leading_lagging = 'leading'

)

select * from final
