{{ config(materialized='view') }}
-- Grain: one row per product profile, indicator, threshold and shuffle (0: what really happened): how many years lie below
-- the threshold and how many in all, and how many of them were lost (L5).

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
        count(case when places.part = 'train' then 1 end) as train_churned,
        count(case when places.part = 'test' then 1 end) as test_churned

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
        count(case when part = 'train' then 1 end) as train_windows,
        count(case when part = 'test' then 1 end) as test_windows

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
        cut_number

    from cuts

    union all

    select distinct
        product_profile,
        metric_key,
        0 as cut_number

    from cuts

),

-- Below a threshold lies what reaches only lower ones; slot 0 is what reaches none.
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

final as (

    select * from counted
    where cut_number > 0

)

select * from final
