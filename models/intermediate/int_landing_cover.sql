{{ config(materialized='view') }}
-- Grain: one row per date to be built, target period it lies in, and stretch of paid coverage known on that date: contract
-- lines, and gaps that count as late renewals (R3, E7). A view: it is read once.

with

lines as (

    select * from {{ ref('int_landing_lines') }}

),

-- Where all lines so far have ended, the next one says whether that was a late renewal.
followed as (

    select
        *,
        max(coalesce(end_date_exclusive, cast('9999-12-31' as date))) over in_order as gap_start_date,
        lead(start_date) over in_order as next_start_date

    from lines

    window in_order as (
        partition by as_of_date, period_start_date, period_end_date, account_id, product_id
        order by start_date, contract_id
    )

),

gaps as (

    select
        lines.*,
        followed.gap_start_date,
        followed.next_start_date

    from followed
    inner join lines
        on
            followed.as_of_date = lines.as_of_date
            and followed.period_start_date = lines.period_start_date
            and followed.period_end_date = lines.period_end_date
            and followed.account_id = lines.account_id
            and followed.product_id = lines.product_id
            and followed.gap_start_date = lines.end_date_exclusive

    where
        followed.gap_start_date < followed.next_start_date
        or (followed.next_start_date is null and followed.gap_start_date <= followed.as_of_date)

),

final as (

    select
        as_of_date,
        period_start_date,
        period_end_date,
        period_months,
        account_id,
        product_id,
        term_months,
        mrr,
        start_date,
        end_date_exclusive,
        is_cancelled,
        false as is_late

    from lines

    union all

    select
        as_of_date,
        period_start_date,
        period_end_date,
        period_months,
        account_id,
        product_id,
        term_months,
        mrr,
        gap_start_date as start_date,
        coalesce(next_start_date, {{ plus_days('as_of_date', '1') }}) as end_date_exclusive,
        false as is_cancelled,
        true as is_late

    from gaps

    where {{ gap_status('gaps', 'grace_days') }} <> 'lapsed'

)

select * from final
