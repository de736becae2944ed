-- Grain: one row per account, product and month end in whose month a yearly contract began anew, once the year since has
-- matured: what that year made of it (E5).

with

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

month_ends as (

    select as_of_date from {{ ref('int_as_of_spine') }}
    where is_month_end

),

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

window_ends as (

    select * from {{ ref('int_window_ends') }}

    where horizon_months = 12

),

held as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        account_products.renewal_date,
        lag(account_products.renewal_date) over (
            partition by account_products.account_id, account_products.product_id
            order by account_products.as_of_date
        ) as renewal_date_before

    from account_products
    inner join month_ends on account_products.as_of_date = month_ends.as_of_date

),

-- The term before has ended, in time or a little late, and a new one runs.
final as (

    select
        held.as_of_date as window_start_date,
        held.account_id,
        held.product_id,
        window_ends.matured_date,
        window_ends.mrr_start,
        window_ends.mrr_end

    from held
    inner join book_cells
        on
            held.as_of_date = book_cells.as_of_date
            and held.account_id = book_cells.account_id
            and held.product_id = book_cells.product_id
            and book_cells.term_band = 'annual'
    inner join window_ends
        on
            held.as_of_date = window_ends.window_start_date
            and held.account_id = window_ends.account_id
            and held.product_id = window_ends.product_id

    where held.renewal_date_before <= held.as_of_date and held.renewal_date > held.as_of_date

)

select * from final
