-- Grain: one row per product profile, indicator, threshold and shuffle (0: what really happened): who was lost below and at
-- or above it, and what knowing the side gains over knowing only the share lost (L5). The gain is a logarithm of a
-- likelihood, in nats; shares are those of the training years with half a customer lost and half a one kept added.

with

counts as (

    select * from {{ ref('int_advisor_counts') }}

),

sides as (

    select
        product_profile,
        metric_key,
        cut_number,
        draw,
        direction,
        {%- for part in ['train', 'test'] %}
            {{ part }}_windows_below,
            {{ part }}_windows - {{ part }}_windows_below as {{ part }}_windows_above,
            {{ part }}_churned_below,
            {{ part }}_churned - {{ part }}_churned_below as {{ part }}_churned_above,
        {%- endfor %}
        (train_churned + 0.5e0) / (train_windows + 1) as rate_all

    from counts

),

rates as (

    select
        *,
        (train_churned_below + 0.5e0) / (train_windows_below + 1) as rate_below,
        (train_churned_above + 0.5e0) / (train_windows_above + 1) as rate_above,
        -- The catalogue says which side is the good one; in whole numbers, so that equal shares are equal.
        case
            when direction = 'higher'
                then train_churned_below * train_windows_above > train_churned_above * train_windows_below
            when direction = 'lower'
                then train_churned_below * train_windows_above < train_churned_above * train_windows_below
            else true
        end as is_in_direction

    from sides

),

-- What a year lost, and one kept, tells more on each side than it would without knowing the side.
told as (

    select
        {%- for side in ['below', 'above'] %}
            ln(rate_{{ side }} / rate_all) as lost_{{ side }},
            ln((1 - rate_{{ side }}) / (1 - rate_all)) as kept_{{ side }},
        {%- endfor %}
        *

    from rates

),

gains as (

    select
        {%- for part in ['train', 'test'] %}
            {{ part }}_churned_below * lost_below
            + {{ part }}_churned_above * lost_above
            + ({{ part }}_windows_below - {{ part }}_churned_below) * kept_below
            + ({{ part }}_windows_above - {{ part }}_churned_above) * kept_above
                as {{ part }}_gain,
        {%- endfor %}
        *

    from told

),

final as (

    select
        product_profile,
        metric_key,
        cut_number,
        draw,
        {%- for part in ['train', 'test'] %}
            {{ part }}_windows_below,
            {{ part }}_windows_above,
            {{ part }}_churned_below,
            {{ part }}_churned_above,
            {{ nine_decimals(part ~ '_gain') }} as {{ part }}_gain,
        {%- endfor %}
        is_in_direction

    from gains

)

select * from final
