-- Grain: one row per indicator, source and column that it cannot do without: is it there, for whom, since when, and which
-- rules cannot run for want of it (T4).

with

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

kpi_sources as (

    select * from {{ ref('kpi_sources') }}

),

source_coverage as (

    select * from {{ ref('int_source_coverage') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

kpi_scopes as (

    select * from {{ ref('fct_kpi') }}

),

kpi_rules as (

    select * from {{ ref('int_kpi_rules') }}

),

customers as (

    select
        units.as_of_date,
        units.account_id

    from units
    inner join spine on units.as_of_date = spine.as_of_date and spine.is_latest

    where units.product_id = 'all'

),

all_customers as (

    select
        spine.as_of_date,
        cast(count(customers.account_id) as bigint) as customers

    from spine
    left join customers on spine.as_of_date = customers.as_of_date

    where spine.is_latest

    group by 1

),

-- Columns of any customer, also of one that has left: the source is there even if nobody of today is in it.
columns_there as (

    select
        source_coverage.source_name,
        source_coverage.column_name,
        min(source_coverage.first_date) as first_date,
        max(source_coverage.newest_date) as newest_date,
        cast(count(customers.account_id) as bigint) as covered_customers

    from source_coverage
    left join customers on source_coverage.account_id = customers.account_id

    group by 1, 2

),

sources_there as (

    select distinct source_name from columns_there

),

known as (

    select
        kpi_scopes.kpi_key,
        kpi_scopes.known_things

    from kpi_scopes
    inner join spine on kpi_scopes.as_of_date = spine.as_of_date and spine.is_latest

    where kpi_scopes.scope_type = 'all'

),

rules as (

    select
        kpi_key,
        {{ words_in_order('rule_en') }} as rules_en,
        {{ words_in_order('rule_ja') }} as rules_ja

    from kpi_rules

    group by 1

),

final as (

    select
        kpi_sources.kpi_key,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.stage,
        kpi_sources.source_name,
        kpi_sources.column_name,
        case
            when sources_there.source_name is null then 'source_missing'
            when columns_there.column_name is null then 'column_empty'
            when columns_there.covered_customers < all_customers.customers then 'partly_there'
            else 'there'
        end as status,
        all_customers.customers,
        coalesce(columns_there.covered_customers, 0) as covered_customers,
        {{ rate('coalesce(columns_there.covered_customers, 0)', 'all_customers.customers') }} as coverage,
        columns_there.first_date,
        columns_there.newest_date,
        coalesce(known.known_things, 0) as known_customers,
        case when coalesce(known.known_things, 0) = 0 then rules.rules_en end as rules_that_cannot_run_en,
        case when coalesce(known.known_things, 0) = 0 then rules.rules_ja end as rules_that_cannot_run_ja

    from kpi_sources
    inner join kpi_catalog on kpi_sources.kpi_key = kpi_catalog.kpi_key
    cross join all_customers
    left join sources_there on kpi_sources.source_name = sources_there.source_name
    left join columns_there
        on
            kpi_sources.source_name = columns_there.source_name
            and kpi_sources.column_name = columns_there.column_name
    left join known on kpi_sources.kpi_key = known.kpi_key
    left join rules on kpi_sources.kpi_key = rules.kpi_key

)

select * from final
