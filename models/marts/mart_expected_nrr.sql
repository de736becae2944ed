-- Grain: one row per as-of date and scope: what the book of that day will pay in twelve months (E2).

with

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

level_nrr as (

    select * from {{ ref('mart_level_nrr') }}

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

expected as (

    select
        book_cells.as_of_date,
        book_cells.account_id,
        book_cells.mrr,
        -- Decimals add up to the same digits in any order.
        cast(book_cells.mrr as decimal(18, 0)) * cast(level_nrr.expected_nrr as decimal(12, 9)) as expected_mrr,
        level_nrr.basis

    from book_cells
    inner join level_nrr
        on
            book_cells.as_of_date = level_nrr.as_of_date
            and coalesce(book_cells.success_level, -1) = coalesce(level_nrr.success_level, -1)
            and book_cells.term_band = level_nrr.term_band
            and book_cells.renewal_band = level_nrr.months_to_renewal_band

),

final as (

    select
        expected.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(distinct expected.account_id) as bigint) as accounts,
        cast(sum(expected.mrr) as bigint) as mrr,
        cast(round(sum(expected.expected_mrr), 0) as bigint) as expected_mrr_12m,
        {{ rate('sum(expected.expected_mrr)', 'sum(expected.mrr)') }} as expected_nrr,
        {{ rate("sum(case when expected.basis = 'observed' then expected.mrr else 0 end)", 'sum(expected.mrr)') }}
            as observed_share,
        case
            when count_if(expected.basis <> 'assumed') = 0 then 'assumed'
            when count_if(expected.basis <> 'observed') = 0 then 'observed'
            else 'blended'
        end as basis

    from expected
    inner join scopes on expected.account_id = scopes.account_id

    group by 1, 2, 3

)

select * from final
