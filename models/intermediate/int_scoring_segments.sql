-- Grain: one row per stretch of a component's scoring rule, from one of its points to the next.

with

points as (

    select * from {{ ref('health_scoring_points') }}

),

stretches as (

    select
        component_key,
        rule,
        cast(metric_value as double) as from_value,
        cast(score as double) as from_score,
        cast(lead(metric_value) over (partition by component_key order by metric_value) as double) as to_value,
        cast(lead(score) over (partition by component_key order by metric_value) as double) as to_score,
        cast(min(metric_value) over (partition by component_key) as double) as first_value

    from points

),

-- A value below the first point scores like the first, above the last like the last: the ends are open.
final as (

    select
        *,
        case
            when from_value > first_value then from_value else cast('-Infinity' as double)
        end as applies_from,
        coalesce(to_value, cast('Infinity' as double)) as applies_below

    from stretches

)

select * from final
