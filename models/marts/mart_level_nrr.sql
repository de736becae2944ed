-- Grain: one row per as-of date and cell that trained the estimate or holds part of the book (E1).
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
        cast(assumed_nrr as double) as assumed_nrr

    from {{ ref('assumed_level_nrr') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

cells as (

    select distinct
        as_of_date,
        coalesce(cast(success_level as {{ dbt.type_string() }}), 'unknown') as level_key,
        term_band,
        renewal_band

    from book_cells

    union

    select
        as_of_date,
        level_key,
        term_band,
        renewal_band

    from evidence

    where cell_kind = 'level_term_renewal'

),

-- What each cell and its three parents have seen; nothing seen weighs nothing.
seen as (

    select
        cells.as_of_date,
        cells.level_key,
        cells.term_band,
        cells.renewal_band,
        own.accounts,
        own.windows,
        own.mrr_start,
        own.mrr_end,
        own.mrr_above_cap,
        own.observed_nrr as own_nrr,
        coalesce(own.effective_n, 0) as own_n,
        coalesce(level_renewal.observed_nrr, 0) as level_nrr,
        coalesce(level_renewal.effective_n, 0) as level_n,
        coalesce(renewal.observed_nrr, 0) as renewal_nrr,
        coalesce(renewal.effective_n, 0) as renewal_n,
        coalesce(everything.observed_nrr, 0) as all_nrr,
        coalesce(everything.effective_n, 0) as all_n,
        coalesce(assumed.assumed_nrr, unknown.assumed_nrr) as assumed_nrr,
        unknown.assumed_nrr as assumed_all_nrr,
        policies.shrinkage_accounts as k

    from cells
    cross join policies
    inner join assumed as unknown on unknown.level_key = 'unknown'
    left join assumed on cells.level_key = assumed.level_key
    left join evidence as own
        on
            cells.as_of_date = own.as_of_date and own.cell_kind = 'level_term_renewal'
            and cells.level_key = own.level_key and cells.term_band = own.term_band
            and cells.renewal_band = own.renewal_band
    left join evidence as level_renewal
        on
            cells.as_of_date = level_renewal.as_of_date and level_renewal.cell_kind = 'level_renewal'
            and cells.level_key = level_renewal.level_key and cells.renewal_band = level_renewal.renewal_band
    left join evidence as renewal
        on
            cells.as_of_date = renewal.as_of_date and renewal.cell_kind = 'renewal'
            and cells.renewal_band = renewal.renewal_band
    left join evidence as everything
        on cells.as_of_date = everything.as_of_date and everything.cell_kind = 'all'

),

-- The company as a whole starts from the assumption for an unknown level, worth k accounts.
shrunk_all as (

    select
        *,
        (all_n * all_nrr + k * assumed_all_nrr) / (all_n + k) as shrunk_all_nrr

    from seen

),

shrunk_renewal as (

    select
        *,
        (renewal_n * renewal_nrr + k * shrunk_all_nrr) / (renewal_n + k) as shrunk_renewal_nrr

    from shrunk_all

),

-- Before a level has a history of its own, the seed says what to expect of it: k accounts against the rest.
shrunk_level as (

    select
        *,
        (
            level_n * level_nrr
            + k * (renewal_n * shrunk_renewal_nrr + k * assumed_nrr) / (renewal_n + k)
        ) / (level_n + k) as parent_nrr

    from shrunk_renewal

),

final as (

    select
        as_of_date,
        cast(case when level_key <> 'unknown' then level_key end as int) as success_level,
        term_band,
        renewal_band as months_to_renewal_band,
        coalesce(accounts, 0) as accounts,
        coalesce(windows, 0) as windows,
        coalesce(mrr_start, 0) as mrr_start,
        coalesce(mrr_end, 0) as mrr_end,
        coalesce(mrr_above_cap, 0) as mrr_above_cap,
        own_nrr as observed_nrr,
        own_n as effective_n,
        {{ nine_decimals('parent_nrr') }} as parent_nrr,
        assumed_nrr,
        {{ nine_decimals('(own_n * coalesce(own_nrr, 0) + k * parent_nrr) / (own_n + k)') }} as expected_nrr,
        case
            when all_n = 0 then 'assumed'
            when own_n >= k then 'observed'
            else 'blended'
        end as basis

    from shrunk_level

)

select * from final
