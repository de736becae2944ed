{{ config(materialized='view') }}
-- Grain: one row per date to be built, target period it lies in, and stretch of paid coverage known on that date: whether
-- it stands for what will be paid when the period ends, and for how much of a year's R* (E7). A view: it is read once.

with

cover as (

    select * from {{ ref('int_landing_cover') }}

),

-- What begins after today is signed: it takes the place of what has ended by then, as in int_book_commitments. An add-on
-- takes nobody's.
placed as (

    select
        *,
        start_date <= as_of_date and coalesce(as_of_date < end_date_exclusive, true) as is_now,
        coalesce(
            max(case when start_date > as_of_date and start_date <= period_end_date then start_date end) over product
            >= end_date_exclusive, false
        ) as is_followed

    from cover

    window product as (partition by as_of_date, period_start_date, period_end_date, account_id, product_id)

),

-- R* is what twelve months make of a contract, and a contract decides when it ends. So what ends after the period is
-- taken as contracted, what ends in it is charged once in full, a short one by its share of the year's renewals, an open
-- one by its share of the year's days. Notice given is lost.
judged as (

    select
        *,
        start_date <= period_end_date
        and coalesce(end_date_exclusive > as_of_date, true)
        and not is_followed as is_expected,
        coalesce(end_date_exclusive > period_end_date, false) as is_contracted,
        {{ months_to_renewal('as_of_date', 'end_date_exclusive') }} as months_to_end,
        {{ months_to_renewal('as_of_date', plus_days('period_end_date', '1')) }} as months_left,
        cast({{ days_between('as_of_date', 'period_end_date') }} as double)
        / {{ days_between(months_before('period_end_date', 12), 'period_end_date') }} as years_left

    from placed

),

final as (

    select
        as_of_date,
        period_start_date,
        period_end_date,
        account_id,
        product_id,
        mrr,
        start_date,
        end_date_exclusive,
        is_cancelled,
        is_now,
        is_expected,
        is_contracted,
        case
            when is_contracted then 0
            when end_date_exclusive is null then years_left
            when is_late or coalesce(term_months, 12) >= 12 then 1
            else
                cast(1 + floor(cast(months_left - months_to_end as double) / term_months) as double)
                / (1 + floor(cast(12 - months_to_end as double) / term_months))
        end as share_of_year

    from judged

)

select * from final
