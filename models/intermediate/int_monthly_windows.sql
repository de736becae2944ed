-- Grain: one row per matured window of a monthly horizon, account and product under a monthly contract at its start (E2):
-- its success level then, and what the horizon made of what it paid.

with

window_ends as (

    select * from {{ ref('int_window_ends') }}

),

monthly_horizons as (

    select * from {{ ref('monthly_horizons') }}

),

book_cells as (

    select * from {{ ref('int_book_cells') }}

    where term_band = 'monthly'

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- Against what is paid at the start: what a year ahead is contracted for says little about its first months.
final as (

    select
        window_ends.window_start_date,
        window_ends.horizon_months,
        window_ends.matured_date,
        window_ends.account_id,
        window_ends.product_id,
        book_cells.success_level,
        window_ends.mrr_start,
        least(window_ends.mrr_end, policies.nrr_ratio_cap * window_ends.mrr_start) as mrr_end

    from window_ends
    inner join monthly_horizons on window_ends.horizon_months = monthly_horizons.horizon_months
    inner join book_cells
        on
            window_ends.window_start_date = book_cells.as_of_date
            and window_ends.account_id = book_cells.account_id
            and window_ends.product_id = book_cells.product_id
    cross join policies

)

select * from final
