{{ config(materialized='view') }}
-- Grain: one row per MRR period, month end and kind of change: it comes, it goes, or, in a foreign currency, a month of
-- exchange rates passes over it. Summed up to a month end, they are the MRR of it (R4). A view: it is read once.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

month_ends as (

    select
        snapshot_date as month_end_date,
        lag(snapshot_date) over (order by snapshot_date) as previous_month_end_date,
        min(snapshot_date) over () as first_month_end_date,
        max(snapshot_date) over () as last_month_end_date

    from {{ ref('int_snapshot_dates') }}

    where is_month_end

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

-- What began before the history is there from its first month end on. A stay between two month ends is seen by none.
seen as (

    select
        mrr_periods.*,
        greatest(last_day(mrr_periods.start_date), month_ends.first_month_end_date) as come_date,
        last_day(mrr_periods.end_date_exclusive) as gone_date

    from mrr_periods
    inner join month_ends
        on
            month_ends.previous_month_end_date is null
            and mrr_periods.start_date <= month_ends.last_month_end_date
            and (
                mrr_periods.end_date_exclusive is null
                or last_day(mrr_periods.end_date_exclusive)
                > greatest(last_day(mrr_periods.start_date), month_ends.first_month_end_date)
            )

),

comings_and_goings as (

    select
        *,
        come_date as month_end_date,
        1 as direction

    from seen

    union all

    select
        seen.*,
        seen.gone_date as month_end_date,
        -1 as direction

    from seen
    inner join month_ends on seen.gone_date = month_ends.month_end_date

),

-- What leaves does so at the exchange rate of the month it leaves in: the rate moved before it.
final as (

    select
        steps.account_id,
        steps.product_id,
        steps.month_end_date,
        steps.direction * {{ converted_mrr('steps', 'exchange_rates') }} as movement_mrr,
        cast(0 as bigint) as fx_mrr,
        steps.direction * {{ converted_discount('steps', 'exchange_rates') }} as discount_mrr,
        cast(0 as bigint) as fx_discount_mrr,
        steps.direction * coalesce(steps.seats, 0) as seats,
        case when steps.seats is null then steps.direction else 0 end as lines_without_seats

    from comings_and_goings as steps
    left join exchange_rates
        on steps.currency = exchange_rates.currency and steps.month_end_date = exchange_rates.rate_date

    union all

    select
        seen.account_id,
        seen.product_id,
        month_ends.month_end_date,
        0 as movement_mrr,
        {{ converted_mrr('seen', 'new_rates') }} - {{ converted_mrr('seen', 'old_rates') }} as fx_mrr,
        0 as discount_mrr,
        {{ converted_discount('seen', 'new_rates') }} - {{ converted_discount('seen', 'old_rates') }} as fx_discount_mrr,
        0 as seats,
        0 as lines_without_seats

    from seen
    inner join month_ends
        on
            seen.come_date < month_ends.month_end_date
            and (seen.gone_date is null or seen.gone_date >= month_ends.month_end_date)
    inner join exchange_rates as old_rates
        on seen.currency = old_rates.currency and month_ends.previous_month_end_date = old_rates.rate_date
    inner join exchange_rates as new_rates
        on seen.currency = new_rates.currency and month_ends.month_end_date = new_rates.rate_date

    where not seen.is_reporting_currency

)

select * from final
