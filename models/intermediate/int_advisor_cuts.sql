-- Grain: one row per product profile, indicator and threshold worth trying (L5): the 5 %, 10 % ... 95 % quantiles of the
-- training years, each once. A quantile is the smallest value with so many years at or below it, a value that occurred.

with

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

    where part = 'train'

),

steps as (

    {% for step in range(1, 20) %}
        select cast({{ step }} as bigint) as step {{ 'union all' if not loop.last }}
    {% endfor %}

),

placed as (

    select
        product_profile,
        metric_key,
        metric_value,
        row_number() over (partition by product_profile, metric_key order by metric_value) as place,
        count(*) over (partition by product_profile, metric_key) as windows,
        min(metric_value) over (partition by product_profile, metric_key) as lowest_value

    from advisor_windows

),

-- The place is step x windows / 20, rounded up. Nobody lies below the lowest value: it parts nobody.
cuts as (

    select
        placed.product_profile,
        placed.metric_key,
        placed.metric_value as cut_value,
        min(steps.step) as first_step

    from placed
    inner join steps on placed.place = cast(floor((steps.step * placed.windows + 19) / cast(20 as double)) as bigint)

    where placed.metric_value > placed.lowest_value

    group by 1, 2, 3

),

final as (

    select
        product_profile,
        metric_key,
        row_number() over (partition by product_profile, metric_key order by cut_value) as cut_number,
        cut_value,
        {{ rate('first_step', '20') }} as quantile

    from cuts

)

select * from final
