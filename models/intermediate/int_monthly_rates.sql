{% set parts = ['churn', 'contraction', 'expansion'] %}
-- Grain: one row per as-of date with monthly contracts, monthly horizon and success level (E2): what the horizon is expected
-- to make of a yen paid under a monthly contract, in three parts. Thin levels lean on all levels, and all on the seed.

with

dates as (

    select distinct as_of_date from {{ ref('int_book_cells') }}

    where term_band = 'monthly'

),

monthly_horizons as (

    select * from {{ ref('monthly_horizons') }}

),

evidence as (

    select * from {{ ref('int_monthly_evidence') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- A year's assumption for a horizon: so many months of it, compounding.
assumed_nrr as (

    select
        coalesce(cast(assumed_level_nrr.success_level as {{ dbt.type_string() }}), 'unknown') as level_key,
        monthly_horizons.horizon_months,
        {{ nine_decimals(
            'power(cast(assumed_level_nrr.assumed_nrr as double), monthly_horizons.horizon_months / cast(12 as double))'
        ) }} as nrr

    from {{ ref('assumed_level_nrr') }} as assumed_level_nrr
    cross join monthly_horizons

),

assumed as (

    select
        level_key,
        horizon_months,
        greatest(1 - nrr, 0) as churn,
        cast(0 as double) as contraction,
        greatest(nrr - 1, 0) as expansion

    from assumed_nrr

),

levels as (

    select level_key from assumed

    union distinct

    select coalesce(cast(success_level as {{ dbt.type_string() }}), 'unknown') as level_key from {{ ref('int_book_cells') }}

),

-- What a level and all levels together have seen, per yen; nothing seen weighs nothing.
seen as (

    select
        dates.as_of_date,
        monthly_horizons.horizon_months,
        levels.level_key,
        {% for kind in ['own', 'everything'] %}
            coalesce({{ kind }}.effective_n, 0) as {{ kind }}_n,
            {% for part in parts %}
                coalesce(cast({{ kind }}.{{ part }}_mrr as double) / nullif({{ kind }}.mrr_start, 0), 0)
                    as {{ kind }}_{{ part }},
            {% endfor %}
        {% endfor %}
        {% for part in parts %}
            coalesce(assumed.{{ part }}, unknown.{{ part }}) as assumed_{{ part }},
            unknown.{{ part }} as assumed_all_{{ part }},
        {% endfor %}
        policies.shrinkage_accounts as k

    from dates
    cross join monthly_horizons
    cross join levels
    cross join policies
    inner join assumed as unknown
        on unknown.level_key = 'unknown' and monthly_horizons.horizon_months = unknown.horizon_months
    left join assumed
        on levels.level_key = assumed.level_key and monthly_horizons.horizon_months = assumed.horizon_months
    left join evidence as own
        on
            dates.as_of_date = own.as_of_date and own.cell_kind = 'level'
            and monthly_horizons.horizon_months = own.horizon_months and levels.level_key = own.level_key
    left join evidence as everything
        on
            dates.as_of_date = everything.as_of_date and everything.cell_kind = 'all'
            and monthly_horizons.horizon_months = everything.horizon_months

),

-- All levels together start from the assumption for an unknown level, worth k accounts.
shrunk_all as (

    select
        {% for part in parts %}
            {{ shrunk('everything_n', 'everything_' ~ part, 'k', 'assumed_all_' ~ part) }} as all_{{ part }},
        {% endfor %}
        *

    from seen

),

-- Before a level has a history of its own, the seed says what to expect of it: k accounts against the rest.
expected_of_level as (

    select
        {% for part in parts %}
            {{ shrunk('everything_n', 'all_' ~ part, 'k', 'assumed_' ~ part) }} as level_{{ part }},
        {% endfor %}
        *

    from shrunk_all

),

rates as (

    select
        {% for part in parts %}
            cast({{ nine_decimals(shrunk('own_n', 'own_' ~ part, 'k', 'level_' ~ part)) }} as decimal(18, 9))
                as {{ part }},
        {% endfor %}
        *

    from expected_of_level

),

final as (

    select
        as_of_date,
        horizon_months,
        cast(case when level_key <> 'unknown' then level_key end as int) as success_level,
        own_n as effective_n,
        cast(churn as double) as expected_churn_rate,
        cast(contraction as double) as expected_contraction_rate,
        cast(expansion as double) as expected_expansion_rate,
        cast(1 - churn - contraction + expansion as double) as expected_nrr,
        case
            when everything_n = 0 then 'assumed'
            when own_n >= k then 'observed'
            else 'blended'
        end as basis

    from rates

)

select * from final
