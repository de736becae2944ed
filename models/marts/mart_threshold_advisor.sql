-- Grain: one row per product profile (`all`: every product), indicator and threshold tried: who was lost below and at or
-- above it, and whether the indicator is worth a condition of a success level (L5). It proposes; people decide.

with

verdicts as (

    select * from {{ ref('int_advisor_verdicts') }}

),

cuts as (

    select * from {{ ref('int_advisor_cuts') }}

),

grid as (

    select * from {{ ref('int_advisor_grid') }}

    where draw = 0

),

final as (

    select
        verdicts.product_profile,
        verdicts.metric_key,
        verdicts.direction,
        cast(cuts.cut_number as int) as cut_number,
        cuts.quantile,
        cuts.cut_value,
        {%- for part in ['train', 'test'] %}
            {%- for side in ['below', 'above'] %}
                grid.{{ part }}_windows_{{ side }},
                grid.{{ part }}_churned_{{ side }},
                {{ rate('grid.' ~ part ~ '_churned_' ~ side, 'grid.' ~ part ~ '_windows_' ~ side) }}
                    as {{ part }}_churn_rate_{{ side }},
            {%- endfor %}
        {%- endfor %}
        {{ nine_decimals(
            'cast(grid.train_churned_below as double) / nullif(grid.train_windows_below, 0)
            - cast(grid.train_churned_above as double) / nullif(grid.train_windows_above, 0)'
        ) }} as separation,
        grid.is_in_direction,
        {% for part in ['train', 'test'] %}
            {{ rate('grid.' ~ part ~ '_gain', 'grid.' ~ part ~ '_windows_below + grid.' ~ part ~ '_windows_above') }}
                as {{ part }}_gain,
        {% endfor %}
        verdicts.null_reason is null and coalesce(cuts.cut_number = verdicts.proposed_cut_number, false)
            as is_best_in_training,
        max(case when verdicts.is_useful and cuts.cut_number = verdicts.proposed_cut_number then cuts.cut_value end)
            over (partition by verdicts.product_profile, verdicts.metric_key) as proposed_threshold,
        verdicts.proposed_gain,
        verdicts.gain_by_chance,
        verdicts.p_value,
        verdicts.adjusted_p_value,
        coalesce(verdicts.is_useful, false) as is_useful,
        verdicts.current_conditions,
        verdicts.verdict,
        verdicts.null_reason

    from verdicts
    left join cuts
        on verdicts.product_profile = cuts.product_profile and verdicts.metric_key = cuts.metric_key
    left join grid
        on
            cuts.product_profile = grid.product_profile
            and cuts.metric_key = grid.metric_key
            and cuts.cut_number = grid.cut_number

)

select * from final
