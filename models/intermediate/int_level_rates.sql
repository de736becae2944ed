{% set parts = ['churn', 'contraction', 'expansion'] %}
{% set most = {'churn': '1', 'contraction': '1', 'expansion': 'policies.nrr_ratio_cap - 1'} %}
-- Grain: one row per as-of date, success level and kind of contract (term x months to renewal) that trained the estimate or
-- stands in the book (E1): what a year is expected to make of a contracted yen, in three parts. Every level has its row
-- for every kind of contract of its date, so that one can ask what the next level would be worth.
-- Thin cells lean on their parents: level x term x renewal -> level x renewal -> renewal -> all.

with

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

evidence as (

    select * from {{ ref('int_cell_evidence') }}

),

assumed as (

    select
        coalesce(cast(success_level as {{ dbt.type_string() }}), 'unknown') as level_key,
        cast(greatest(1 - assumed_nrr, 0) as double) as churn,
        cast(0 as double) as contraction,
        cast(greatest(assumed_nrr - 1, 0) as double) as expansion

    from {{ ref('assumed_level_nrr') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

contracts as (

    select distinct
        as_of_date,
        term_band,
        renewal_band

    from book_cells

    union distinct

    select
        as_of_date,
        term_band,
        renewal_band

    from evidence

    where cell_kind = 'level_term_renewal'

),

levels as (

    select level_key from assumed

    union distinct

    select coalesce(cast(success_level as {{ dbt.type_string() }}), 'unknown') as level_key from book_cells

    union distinct

    select level_key from evidence

    where cell_kind = 'level_term_renewal'

),

-- What each cell and its three parents have seen, per yen; nothing seen weighs nothing. Where little was contracted for
-- the year and the old contract came back after all, the cap holds as well.
seen as (

    select
        contracts.as_of_date,
        levels.level_key,
        contracts.term_band,
        contracts.renewal_band,
        {% for kind in ['own', 'level_renewal', 'renewal', 'everything'] %}
            coalesce({{ kind }}.effective_n, 0) as {{ kind }}_n,
            {% for part in parts %}
                coalesce(
                    least(cast({{ kind }}.{{ part }}_mrr as double) / nullif({{ kind }}.base_mrr, 0), {{ most[part] }}), 0
                ) as {{ kind }}_{{ part }},
            {% endfor %}
        {% endfor %}
        {% for part in parts %}
            coalesce(assumed.{{ part }}, unknown.{{ part }}) as assumed_{{ part }},
            unknown.{{ part }} as assumed_all_{{ part }},
        {% endfor %}
        policies.shrinkage_accounts as k

    from contracts
    cross join levels
    cross join policies
    inner join assumed as unknown on unknown.level_key = 'unknown'
    left join assumed on levels.level_key = assumed.level_key
    left join evidence as own
        on
            contracts.as_of_date = own.as_of_date and own.cell_kind = 'level_term_renewal'
            and levels.level_key = own.level_key and contracts.term_band = own.term_band
            and contracts.renewal_band = own.renewal_band
    left join evidence as level_renewal
        on
            contracts.as_of_date = level_renewal.as_of_date and level_renewal.cell_kind = 'level_renewal'
            and levels.level_key = level_renewal.level_key and contracts.renewal_band = level_renewal.renewal_band
    left join evidence as renewal
        on
            contracts.as_of_date = renewal.as_of_date and renewal.cell_kind = 'renewal'
            and contracts.renewal_band = renewal.renewal_band
    left join evidence as everything
        on contracts.as_of_date = everything.as_of_date and everything.cell_kind = 'all'

),

-- The company as a whole starts from the assumption for an unknown level, worth k accounts.
shrunk_all as (

    select
        {% for part in parts %}
            {{ shrunk('everything_n', 'everything_' ~ part, 'k', 'assumed_all_' ~ part) }} as all_{{ part }},
        {% endfor %}
        *

    from seen

),

shrunk_renewal as (

    select
        {% for part in parts %}
            {{ shrunk('renewal_n', 'renewal_' ~ part, 'k', 'all_' ~ part) }} as due_{{ part }},
        {% endfor %}
        *

    from shrunk_all

),

-- Before a level has a history of its own, the seed says what to expect of it: k accounts against the rest.
expected_of_level as (

    select
        {% for part in parts %}
            {{ shrunk('renewal_n', 'due_' ~ part, 'k', 'assumed_' ~ part) }} as level_{{ part }},
        {% endfor %}
        *

    from shrunk_renewal

),

parents as (

    select
        {% for part in parts %}
            {{ shrunk('level_renewal_n', 'level_renewal_' ~ part, 'k', 'level_' ~ part) }} as parent_{{ part }},
        {% endfor %}
        *

    from expected_of_level

),

rates as (

    select
        {% for part in parts %}
            cast({{ nine_decimals(shrunk('own_n', 'own_' ~ part, 'k', 'parent_' ~ part)) }} as decimal(18, 9))
                as {{ part }},
        {% endfor %}
        *

    from parents

),

final as (

    select
        as_of_date,
        cast(case when level_key <> 'unknown' then level_key end as int) as success_level,
        term_band,
        renewal_band,
        own_n as effective_n,
        {{ nine_decimals('1 - parent_churn - parent_contraction + parent_expansion') }} as parent_nrr,
        {{ nine_decimals('1 - assumed_churn - assumed_contraction + assumed_expansion') }} as assumed_nrr,
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
