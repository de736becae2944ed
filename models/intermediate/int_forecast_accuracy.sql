{% set parts = ['churn', 'contraction', 'expansion'] %}
{% set least_disjoint_years = 5 %}  {# a share of fewer independent years says nothing: one of four is 25 points #}
-- Grain: one row per as-of date, scope and whether rates were assumed or learned: how far the forecasts whose year had
-- matured by that date were off, beside forecasts without a model (E6).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

backtest as (

    select * from {{ ref('int_backtest') }}

),

-- Only what had matured by a date was known on it. Without a model one can follow the last year, where there was one, or
-- expect no change; both are judged on the forecasts they can be compared with.
known as (

    select
        spine.as_of_date,
        backtest.scope_type,
        backtest.scope_value,
        backtest.is_assumed,
        backtest.as_of_date as forecast_date,
        cast(backtest.error_nrr as decimal(28, 9)) as error_nrr,
        {% for part in parts %}
            cast(backtest.{{ part }}_error_nrr as decimal(28, 9)) as {{ part }}_error_nrr,
        {% endfor %}
        cast(backtest.trailing_error_nrr as decimal(28, 9)) as trailing_error_nrr,
        cast(backtest.unchanged_error_nrr as decimal(28, 9)) as unchanged_error_nrr,
        backtest.is_inside

    from spine
    inner join backtest on spine.as_of_date >= backtest.matured_date

),

counted as (

    select
        as_of_date,
        scope_type,
        scope_value,
        is_assumed,
        min(forecast_date) as first_forecast_date,
        max(forecast_date) as last_forecast_date,
        cast(count(*) as bigint) as forecasts,
        cast(count(trailing_error_nrr) as bigint) as compared_forecasts,
        cast(count(is_inside) as bigint) as forecasts_with_interval,
        cast(count(case when is_inside then 1 end) as bigint) as forecasts_inside,
        {{ rate('sum(case when is_inside then 1 else 0 end)', 'count(is_inside)') }} as share_inside,
        {{ rate('sum(error_nrr)', 'count(*)') }} as bias,
        {% for part in parts %}
            {{ rate('sum(' ~ part ~ '_error_nrr)', 'count(*)') }} as {{ part }}_bias,
        {% endfor %}
        {{ rate('sum(abs(error_nrr))', 'count(*)') }} as mean_absolute_error,
        {{ rate('sum(abs(unchanged_error_nrr))', 'count(*)') }} as unchanged_mae,
        {{ rate('sum(abs(trailing_error_nrr))', 'count(trailing_error_nrr)') }} as trailing_mae,
        {{ rate('sum(case when trailing_error_nrr is not null then abs(error_nrr) end)', 'count(trailing_error_nrr)') }}
            as compared_mae

    from known

    group by 1, 2, 3, 4

),

-- Years that share no month: from the first forecast to the end of the last one's year.
spanned as (

    select
        *,
        cast(floor((
            12 * (extract(year from last_forecast_date) - extract(year from first_forecast_date))
            + extract(month from last_forecast_date) - extract(month from first_forecast_date) + 12
        ) / 12) as int) as n_disjoint

    from counted

),

final as (

    select
        *,
        case when n_disjoint >= {{ least_disjoint_years }} then share_inside end as coverage,
        case
            when forecasts_with_interval = 0 then 'no_interval'
            when n_disjoint < {{ least_disjoint_years }} then 'not_reportable'
        end as coverage_null_reason,
        case
            when mean_absolute_error > unchanged_mae and compared_mae > trailing_mae then 'worse_than_both'
            when compared_mae > trailing_mae then 'worse_than_trailing_nrr'
            when mean_absolute_error > unchanged_mae then 'worse_than_no_change'
            else 'no_worse_than_naive'
        end as verdict

    from spanned

)

select * from final
