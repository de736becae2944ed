-- Grain: one row per account and stay that began and ended between two month ends: it paid, and no month shows it (R4).

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

paid_periods as (

    select
        *,
        coalesce(end_date_exclusive, cast('9999-12-31' as date)) as end_date,
        max(coalesce(end_date_exclusive, cast('9999-12-31' as date))) over (
            partition by account_id order by start_date, end_date_exclusive, contract_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date

    from mrr_periods

    where mrr > 0

),

-- A day without any paid contract ends a stay.
numbered as (

    select
        *,
        sum(case when covered_until_date >= start_date then 0 else 1 end) over (
            partition by account_id order by start_date, end_date_exclusive, contract_id
            rows between unbounded preceding and current row
        ) as stay

    from paid_periods

),

stays as (

    select
        account_id,
        stay,
        min(start_date) as first_date,
        max(end_date) as end_date

    from numbered

    group by 1, 2

),

short_stays as (

    select
        stays.account_id,
        stays.stay,
        stays.first_date,
        stays.end_date,
        {{ plus_days('stays.end_date', -1) }} as last_date

    from stays
    inner join history_start on stays.first_date >= history_start.start_date
    inner join spine on spine.is_latest and stays.end_date <= spine.as_of_date

    where stays.end_date <= last_day(stays.first_date)

),

-- Its MRR is that of what ran on its last day.
final as (

    select
        short_stays.account_id,
        cast(date_trunc('month', short_stays.first_date) as date) as month,
        short_stays.first_date,
        short_stays.last_date,
        cast({{ days_between('short_stays.first_date', 'short_stays.end_date') }} as int) as paid_days,
        cast(sum({{ converted_mrr('numbered', 'exchange_rates') }}) as bigint) as mrr,
        currency.currency

    from short_stays
    cross join currency
    inner join numbered
        on
            short_stays.account_id = numbered.account_id
            and short_stays.stay = numbered.stay
            and short_stays.end_date = numbered.end_date
    left join exchange_rates
        on numbered.currency = exchange_rates.currency and short_stays.last_date = exchange_rates.rate_date

    group by 1, 2, 3, 4, 5, 7

)

select * from final
