-- Grain: one row per retention period: every complete month end and the as-of date, each looked back from by 1, 3 and
-- 12 months.

with

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

horizons as (

    {% for months in [1, 3, 12] -%}
        select {{ months }} as horizon_months
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        snapshot_dates.snapshot_date as period_end_date,
        {{ months_before('snapshot_dates.snapshot_date', 'horizons.horizon_months') }} as period_start_date,
        snapshot_dates.is_month_end,
        snapshot_dates.is_final,
        horizons.horizon_months

    from snapshot_dates
    cross join horizons

    where snapshot_dates.is_month_end or snapshot_dates.is_as_of_date

)

select * from final
