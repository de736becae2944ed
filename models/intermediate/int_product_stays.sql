-- Grain: one row per account and product contracted: its first paid day, and the day it left for the first time, if it
-- did. A lapse that may still be renewed has not left; a late renewal never did (R3).

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

covered as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        spine.as_of_date,
        min(case when mrr_periods.mrr > 0 and not mrr_periods.is_in_grace then mrr_periods.start_date end) over (
            partition by mrr_periods.account_id, mrr_periods.product_id
        ) as first_paid_date,
        max(coalesce(mrr_periods.end_date_exclusive, cast('9999-12-31' as date))) over (
            partition by mrr_periods.account_id, mrr_periods.product_id
            order by mrr_periods.start_date, mrr_periods.end_date_exclusive
            rows between unbounded preceding and current row
        ) as covered_until_date,
        lead(mrr_periods.start_date) over (
            partition by mrr_periods.account_id, mrr_periods.product_id
            order by mrr_periods.start_date, mrr_periods.end_date_exclusive
        ) as next_start_date

    from mrr_periods
    inner join spine on spine.is_latest

),

-- A trial that ended before the first paid day was nobody's leaving.
final as (

    select
        account_id,
        product_id,
        first_paid_date,
        min(
            case
                when
                    covered_until_date > first_paid_date
                    and covered_until_date <= as_of_date
                    and (next_start_date is null or covered_until_date < next_start_date)
                    then covered_until_date
            end
        ) as left_date

    from covered

    group by 1, 2, 3

)

select * from final
