-- Grain: one row per matured window (month end and horizon), account and product paid for at its start: what it paid
-- then, and what it paid at the window's end.

with

spans as (

    select * from {{ ref('int_window_spans') }}

),

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

outcomes as (

    select * from {{ ref('int_outcomes') }}

),

starts as (

    select
        spans.window_start_date,
        spans.horizon_months,
        spans.window_end_date,
        spans.matured_date,
        book_cells.account_id,
        book_cells.product_id,
        book_cells.mrr as mrr_start,
        cast(sum(book_cells.mrr) over (
            partition by spans.window_start_date, spans.horizon_months, book_cells.account_id
        ) as bigint) as account_mrr

    from spans
    inner join book_cells on spans.window_start_date = book_cells.as_of_date

),

-- What an account came to pay for products it did not hold is growth of the account: it is shared among the
-- products it held, by their size, so that the products add up to the account.
gained as (

    select
        outcomes.window_start_date,
        outcomes.horizon_months,
        outcomes.account_id,
        cast(sum(outcomes.mrr) as bigint) as mrr

    from outcomes
    left join book_cells
        on
            outcomes.window_start_date = book_cells.as_of_date
            and outcomes.account_id = book_cells.account_id
            and outcomes.product_id = book_cells.product_id

    where book_cells.product_id is null

    group by 1, 2, 3

),

final as (

    select
        starts.window_start_date,
        starts.horizon_months,
        starts.window_end_date,
        starts.matured_date,
        starts.account_id,
        starts.product_id,
        starts.mrr_start,
        coalesce(outcomes.mrr, 0)
        + cast(round(
            cast(coalesce(gained.mrr, 0) as double) * starts.mrr_start / starts.account_mrr
        ) as bigint) as mrr_end,
        outcomes.ended_date

    from starts
    left join outcomes
        on
            starts.window_start_date = outcomes.window_start_date
            and starts.horizon_months = outcomes.horizon_months
            and starts.account_id = outcomes.account_id
            and starts.product_id = outcomes.product_id
    left join gained
        on
            starts.window_start_date = gained.window_start_date
            and starts.horizon_months = gained.horizon_months
            and starts.account_id = gained.account_id

)

select * from final
