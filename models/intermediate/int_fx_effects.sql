-- Grain: one row per account, product, snapshot date and other date whose exchange rates are of interest, the start of
-- a retention period: what the MRR of the snapshot would be more at those rates (R5, constant currency). No rows for
-- contracts in the reporting currency.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

dates_of_interest as (

    {% for months in [1, 3, 12] %}
        select
            snapshot_date,
            {{ months_before('snapshot_date', months) }} as rate_date

        from snapshot_dates
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

final as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        dates_of_interest.snapshot_date,
        dates_of_interest.rate_date,
        cast(sum(
            {{ converted_mrr('mrr_periods', 'other_rates') }} - {{ converted_mrr('mrr_periods', 'own_rates') }}
        ) as bigint) as fx_effect_mrr,
        cast(sum(
            case
                when mrr_periods.is_in_grace
                    then {{ converted_mrr('mrr_periods', 'other_rates') }} - {{ converted_mrr('mrr_periods', 'own_rates') }}
                else 0
            end
        ) as bigint) as fx_effect_mrr_in_grace

    from mrr_periods
    inner join dates_of_interest
        on
            mrr_periods.start_date <= dates_of_interest.snapshot_date
            and (
                mrr_periods.end_date_exclusive is null
                or mrr_periods.end_date_exclusive > dates_of_interest.snapshot_date
            )
    inner join exchange_rates as own_rates
        on mrr_periods.currency = own_rates.currency and dates_of_interest.snapshot_date = own_rates.rate_date
    inner join exchange_rates as other_rates
        on mrr_periods.currency = other_rates.currency and dates_of_interest.rate_date = other_rates.rate_date

    where not mrr_periods.is_reporting_currency

    group by 1, 2, 3, 4

)

select * from final
