-- Grain: one row per matured window, account and product paid for at its start: what a year made of it.

with

window_ends as (

    select * from {{ ref('int_window_ends') }}

),

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

final as (

    select
        window_ends.window_start_date,
        window_ends.matured_date,
        window_ends.account_id,
        window_ends.product_id,
        book_cells.success_level,
        book_cells.term_band,
        book_cells.renewal_band,
        window_ends.mrr_start,
        book_cells.base_mrr,
        least(
            window_ends.mrr_end, policies.nrr_ratio_cap * greatest(window_ends.mrr_start, book_cells.base_mrr)
        ) as mrr_end,
        greatest(
            window_ends.mrr_end - policies.nrr_ratio_cap * greatest(window_ends.mrr_start, book_cells.base_mrr), 0
        ) as mrr_above_cap

    from window_ends
    inner join book_cells
        on
            window_ends.window_start_date = book_cells.as_of_date
            and window_ends.account_id = book_cells.account_id
            and window_ends.product_id = book_cells.product_id
    cross join policies

    where window_ends.horizon_months = 12

)

select * from final
