-- Grain: one row per matured window, account and product paid for at its start: what a year made of it.

with

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

outcomes as (

    select * from {{ ref('int_outcomes') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

latest as (

    select as_of_date from spine
    where is_latest

),

starts as (

    select
        book_cells.*,
        {{ plus_days(months_before('book_cells.as_of_date', -12), 'policies.longest_grace_days') }} as matured_date,
        cast(sum(book_cells.mrr) over (partition by book_cells.as_of_date, book_cells.account_id) as bigint)
            as account_mrr

    from book_cells
    inner join spine on book_cells.as_of_date = spine.as_of_date and spine.is_month_end
    cross join policies

),

-- What an account came to pay for products it did not hold is growth of the account: it is shared among the
-- products it held, by their size, so that the products add up to the account.
gained as (

    select
        outcomes.window_start_date,
        outcomes.account_id,
        cast(sum(outcomes.mrr) as bigint) as mrr

    from outcomes
    left join book_cells
        on
            outcomes.window_start_date = book_cells.as_of_date
            and outcomes.account_id = book_cells.account_id
            and outcomes.product_id = book_cells.product_id

    where book_cells.product_id is null

    group by 1, 2

),

ended as (

    select
        starts.*,
        coalesce(outcomes.mrr, 0)
        + cast(round(
            cast(coalesce(gained.mrr, 0) as double) * starts.mrr / starts.account_mrr
        ) as bigint) as mrr_end

    from starts
    left join outcomes
        on
            starts.as_of_date = outcomes.window_start_date
            and starts.account_id = outcomes.account_id
            and starts.product_id = outcomes.product_id
    left join gained
        on
            starts.as_of_date = gained.window_start_date
            and starts.account_id = gained.account_id

),

final as (

    select
        ended.as_of_date as window_start_date,
        ended.matured_date,
        ended.account_id,
        ended.product_id,
        ended.success_level,
        ended.term_band,
        ended.renewal_band,
        ended.mrr as mrr_start,
        least(ended.mrr_end, policies.nrr_ratio_cap * ended.mrr) as mrr_end,
        greatest(ended.mrr_end - policies.nrr_ratio_cap * ended.mrr, 0) as mrr_above_cap

    from ended
    cross join latest
    cross join policies

    where ended.matured_date <= latest.as_of_date

)

select * from final
