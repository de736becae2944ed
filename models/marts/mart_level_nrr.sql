-- Grain: one row per as-of date and cell that trained the estimate or holds part of the book (E1): what a year made of MRR
-- there, and what is expected of it.

with

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

book_cells as (

    select distinct
        as_of_date,
        success_level,
        term_band,
        renewal_band

    from {{ ref('int_book_cells') }}

),

evidence as (

    select * from {{ ref('int_cell_evidence') }}
    where cell_kind = 'level_term_renewal'

),

estimates as (

    select * from {{ ref('int_shrinkage_estimate') }}

),

final as (

    select
        level_rates.as_of_date,
        level_rates.success_level,
        level_rates.term_band,
        level_rates.renewal_band as months_to_renewal_band,
        coalesce(evidence.accounts, 0) as accounts,
        coalesce(evidence.windows, 0) as windows,
        coalesce(evidence.base_mrr, 0) as mrr_start,
        coalesce(evidence.mrr_end, 0) as mrr_end,
        coalesce(evidence.mrr_above_cap, 0) as mrr_above_cap,
        evidence.observed_nrr,
        level_rates.effective_n,
        level_rates.parent_nrr,
        level_rates.assumed_nrr,
        level_rates.expected_nrr,
        level_rates.expected_churn_rate,
        level_rates.expected_contraction_rate,
        level_rates.expected_expansion_rate,
        estimates.shrinkage_accounts,
        estimates.estimated_shrinkage_accounts,
        level_rates.basis

    from level_rates
    left join book_cells
        on
            level_rates.as_of_date = book_cells.as_of_date
            and coalesce(level_rates.success_level, -1) = coalesce(book_cells.success_level, -1)
            and level_rates.term_band = book_cells.term_band
            and level_rates.renewal_band = book_cells.renewal_band
    left join evidence
        on
            level_rates.as_of_date = evidence.as_of_date
            and coalesce(cast(level_rates.success_level as {{ dbt.type_string() }}), 'unknown') = evidence.level_key
            and level_rates.term_band = evidence.term_band
            and level_rates.renewal_band = evidence.renewal_band
    left join estimates on level_rates.as_of_date = estimates.as_of_date

    where book_cells.as_of_date is not null or evidence.as_of_date is not null

)

select * from final
