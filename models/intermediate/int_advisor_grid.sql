-- Grain: one row per product profile, indicator, threshold and shuffle (0: what really happened): who was lost below and at
-- or above it, and what knowing the side gains over knowing only the share lost (L5). The gain is a logarithm of a
-- likelihood, in nats; shares are those of the training years with half a customer lost and half a one kept added.

with

places as (

    select * from {{ ref('int_advisor_places') }}

),

cuts as (

    select * from {{ ref('int_advisor_cuts') }}

),

draws as (

    select * from {{ ref('int_advisor_draws') }}

),

directions as (

    select distinct
        product_profile,
        metric_key,
        direction

    from {{ ref('int_advisor_windows') }}

),

churned_places as (

    select
        places.product_profile,
        places.metric_key,
        draws.draw,
        places.cuts_reached,
        count_if(places.part = 'train') as train_churned,
        count_if(places.part = 'test') as test_churned

    from draws
    inner join places
        on
            draws.product_profile = places.product_profile
            and draws.part = places.part
            and draws.account_id = places.account_id
            and draws.window_start_date = places.window_start_date
            and draws.product_id = places.product_id

    group by 1, 2, 3, 4

),

all_places as (

    select
        product_profile,
        metric_key,
        cuts_reached,
        count_if(part = 'train') as train_windows,
        count_if(part = 'test') as test_windows

    from places

    group by 1, 2, 3

),

all_draws as (

    select distinct
        product_profile,
        draw

    from draws

),

slots as (

    select
        product_profile,
        metric_key,
        cut_number,
        cut_value

    from cuts

    union all

    select distinct
        product_profile,
        metric_key,
        0 as cut_number,
        cast(null as double) as cut_value

    from cuts

),

counted as (

    select
        slots.product_profile,
        slots.metric_key,
        slots.cut_number,
        all_draws.draw,
        {%- for part in ['train', 'test'] %}
            {%- for what, source in [('windows', 'all_places'), ('churned', 'churned_places')] %}
                cast(sum(coalesce({{ source }}.{{ part }}_{{ what }}, 0)) over lower_slots as bigint)
                    as {{ part }}_{{ what }}_below,
                cast(sum(coalesce({{ source }}.{{ part }}_{{ what }}, 0)) over whole as bigint)
                    as {{ part }}_{{ what }},
            {%- endfor %}
        {%- endfor %}
        directions.direction

    from slots
    inner join directions
        on slots.product_profile = directions.product_profile and slots.metric_key = directions.metric_key
    inner join all_draws on slots.product_profile = all_draws.product_profile
    left join all_places
        on
            slots.product_profile = all_places.product_profile
            and slots.metric_key = all_places.metric_key
            and slots.cut_number = all_places.cuts_reached
    left join churned_places
        on
            slots.product_profile = churned_places.product_profile
            and slots.metric_key = churned_places.metric_key
            and slots.cut_number = churned_places.cuts_reached
            and all_draws.draw = churned_places.draw

    window
        whole as (partition by slots.product_profile, slots.metric_key, all_draws.draw),
        lower_slots as (
            partition by slots.product_profile, slots.metric_key, all_draws.draw order by slots.cut_number
            rows between unbounded preceding and 1 preceding
        )

),

rates as (

    select
        *,
        (train_churned + 0.5e0) / (train_windows + 1) as rate_all,
        (train_churned_below + 0.5e0) / (train_windows_below + 1) as rate_below,
        (train_churned - train_churned_below + 0.5e0) / (train_windows - train_windows_below + 1) as rate_above,
        -- The seed says which side is the good one; in whole numbers, so that equal shares are equal.
        case direction
            when 'higher' then
                train_churned_below * (train_windows - train_windows_below)
                > (train_churned - train_churned_below) * train_windows_below
            when 'lower' then
                train_churned_below * (train_windows - train_windows_below)
                < (train_churned - train_churned_below) * train_windows_below
            else true
        end as is_in_direction

    from counted

    where cut_number > 0

),

final as (

    select
        product_profile,
        metric_key,
        cut_number,
        draw,
        {%- for part in ['train', 'test'] %}
            {{ part }}_windows_below,
            {{ part }}_windows - {{ part }}_windows_below as {{ part }}_windows_above,
            {{ part }}_churned_below,
            {{ part }}_churned - {{ part }}_churned_below as {{ part }}_churned_above,
        {%- endfor %}
        is_in_direction,
        {%- for part in ['train', 'test'] %}
            {{ nine_decimals(
                part ~ '_churned_below * ln(rate_below / rate_all) + ('
                ~ part ~ '_churned - ' ~ part ~ '_churned_below) * ln(rate_above / rate_all) + ('
                ~ part ~ '_windows_below - ' ~ part ~ '_churned_below) * ln((1 - rate_below) / (1 - rate_all)) + ('
                ~ part ~ '_windows - ' ~ part ~ '_churned - ' ~ part ~ '_windows_below + ' ~ part
                ~ '_churned_below) * ln((1 - rate_above) / (1 - rate_all))'
            ) }} as {{ part }}_gain {{- ',' if not loop.last }}
        {%- endfor %}

    from rates

)

select * from final
