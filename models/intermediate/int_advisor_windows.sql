-- Grain: one row per product profile (`all`: every product), indicator, account, product held and year: what the indicator
-- showed when the year began and whether the product was lost in it (L5). Years of the `test` part are the newest ones,
-- half of them at most; those of the `train` part had matured before the first test year began, as it would have been.

with

windows as (

    select * from {{ ref('int_windows') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

start_dates as (

    select
        window_start_date,
        max(matured_date) as matured_date,
        max(window_start_date) over () as newest_date

    from windows

    group by window_start_date

),

-- Of n years the newer n/2, rounded down, are the test; one year alone has nothing to learn from before it.
first_test as (

    select
        max(newest_date) as newest_date,
        {{ months_before(
            'max(newest_date)',
            'cast(12 * greatest(floor(count(*) / cast(2 as double)) - 1, 0) as int)'
        ) }} as first_test_date

    from start_dates

    where extract(month from window_start_date) = extract(month from newest_date)

),

newest_train as (

    select max(start_dates.window_start_date) as newest_train_date
    from start_dates
    cross join first_test

    where start_dates.matured_date <= first_test.first_test_date

),

years as (

    select
        start_dates.window_start_date,
        case when start_dates.window_start_date >= first_test.first_test_date then 'test' else 'train' end as part

    from start_dates
    cross join first_test
    cross join newest_train

    where
        (
            start_dates.window_start_date >= first_test.first_test_date
            and extract(month from start_dates.window_start_date) = extract(month from first_test.newest_date)
        )
        or (
            start_dates.window_start_date <= newest_train.newest_train_date
            and extract(month from start_dates.window_start_date)
            = extract(month from newest_train.newest_train_date)
        )

),

readings as (

    select
        years.part,
        windows.window_start_date,
        windows.account_id,
        windows.product_id,
        coalesce(units.product_profile, 'default') as product_profile,
        windows.mrr_end = 0 as is_churned,
        kpi_catalog.kpi_key as metric_key,
        kpi_catalog.direction,
        account_kpis.kpi_value as metric_value

    from years
    inner join windows on years.window_start_date = windows.window_start_date
    inner join account_kpis
        on
            windows.window_start_date = account_kpis.as_of_date
            and windows.account_id = account_kpis.account_id
            and windows.product_id = account_kpis.product_id
    inner join kpi_catalog on account_kpis.kpi_key = kpi_catalog.kpi_key
    left join units
        on
            windows.window_start_date = units.as_of_date
            and windows.account_id = units.account_id
            and windows.product_id = units.product_id

    where account_kpis.kpi_value is not null

),

scopes as (

    select true as is_whole
    union all
    select false as is_whole

),

final as (

    select
        case when scopes.is_whole then 'all' else readings.product_profile end as product_profile,
        readings.metric_key,
        readings.direction,
        readings.part,
        readings.window_start_date,
        readings.account_id,
        readings.product_id,
        readings.metric_value,
        readings.is_churned

    from readings
    cross join scopes

)

select * from final
