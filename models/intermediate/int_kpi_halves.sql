-- Grain: one row per leading indicator and half of the customers with a decided renewal, split at the median of what it
-- showed a quarter before: how many renewed, and how much of their MRR was held in the year after (S10).

with

outcomes as (

    select * from {{ ref('int_renewal_outcomes') }}

),

readings as (

    select * from {{ ref('int_renewal_readings') }}

),

read_before as (

    select
        readings.kpi_key,
        readings.kpi_value,
        outcomes.account_id,
        outcomes.is_renewed,
        outcomes.value_kept

    from outcomes
    inner join readings
        on
            outcomes.as_of_date = readings.as_of_date
            and outcomes.account_id = readings.account_id
            and outcomes.product_id = readings.product_id

),

medians as (

    select
        kpi_key,
        percentile_cont(0.5) within group (order by kpi_value) as median_value,
        min(kpi_value) as lowest_value

    from read_before

    group by 1

),

-- Values at the median go to the upper half, unless the median is the lowest value there is.
halved as (

    select
        read_before.kpi_key,
        {{ nine_decimals('medians.median_value') }} as median_value,
        case
            when
                read_before.kpi_value > medians.median_value
                or (read_before.kpi_value = medians.median_value and medians.median_value > medians.lowest_value)
                then 'upper'
            else 'lower'
        end as half,
        read_before.is_renewed,
        -- Narrow enough for its square to be exact.
        cast(read_before.value_kept as decimal(18, 9)) as value_kept

    from read_before
    inner join medians on read_before.kpi_key = medians.kpi_key

),

final as (

    select
        kpi_key,
        half,
        median_value,
        cast(count(*) as bigint) as accounts,
        cast(count(case when is_renewed then 1 end) as bigint) as renewed,
        cast(count(value_kept) as bigint) as accounts_with_a_year,
        {{ rate('sum(value_kept)', 'count(value_kept)') }} as mean_value_kept,
        -- The variance of the mean, from exact sums; of equal values a hair below zero, which has no root.
        greatest(
            cast(sum(value_kept * value_kept) as double)
            - power(cast(sum(value_kept) as double), 2) / nullif(count(value_kept), 0),
            0
        )
        / nullif(count(value_kept) - 1, 0) / nullif(count(value_kept), 0) as mean_variance

    from halved

    group by 1, 2, 3

)

select * from final
