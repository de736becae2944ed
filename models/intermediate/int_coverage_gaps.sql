-- Grain: one row per contract line that ended with nothing of the same account and product after it, and whether
-- that gap is a late renewal (bridged), may still become one (in_grace), or is an end (lapsed).

with

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

ends_so_far as (

    select
        account_id,
        product_id,
        as_of_date,
        max(coalesce(end_date_exclusive, cast('9999-12-31' as date))) over (
            partition by account_id, product_id order by start_date, contract_id
        ) as covered_until_date,
        lead(start_date) over (partition by account_id, product_id order by start_date, contract_id)
            as next_start_date

    from known_lines

),

-- All lines so far have ended and the next has not begun.
gaps as (

    select
        account_id,
        product_id,
        covered_until_date as gap_start_date,
        next_start_date

    from ends_so_far

    where
        covered_until_date < next_start_date
        or (next_start_date is null and covered_until_date <= as_of_date)

),

-- What would be kept, and for how long, is said by the lines that ended on that day.
ended as (

    select
        known_lines.*,
        gaps.gap_start_date,
        gaps.next_start_date

    from gaps
    inner join known_lines
        on
            gaps.account_id = known_lines.account_id
            and gaps.product_id = known_lines.product_id
            and gaps.gap_start_date = known_lines.end_date_exclusive

),

final as (

    select
        ended.contract_id,
        ended.account_id,
        ended.product_id,
        ended.currency,
        ended.is_reporting_currency,
        ended.mrr as kept_mrr,
        ended.price_numerator,
        ended.price_denominator,
        ended.discount_mrr,
        ended.seats,
        ended.plan,
        ended.term_months,
        ended.is_cancelled,
        ended.as_of_date,
        ended.gap_start_date,
        ended.next_start_date,
        coalesce(ended.next_start_date, {{ plus_days('ended.as_of_date', '1') }}) as gap_end_date,
        {{ gap_status('ended', 'ended.grace_days') }} as gap_status

    from ended

)

select * from final
