{%- set figures = ['difference', 'odds'] -%}
-- Grain: one row per touch type and product (`all`: every product) with strata in which some were touched and others were
-- not: how many customers stand on either side, and by how much the figures vary more because cycles of one customer
-- resemble each other (A2).

with

touch_cycles as (

    select * from {{ ref('int_touch_cycles') }}

),

tables as (

    select * from {{ ref('int_touch_tables') }}

),

pooled as (

    select * from {{ ref('int_touch_pooled') }}

),

-- What a cycle adds to a pooled figure beyond what would be expected of it: it is compared with everyone on the other side
-- of its stratum. Whole strata count as little as they can tell.
influences as (

    select
        pooled.touch_type,
        pooled.product_id,
        touch_cycles.account_id,
        touch_cycles.is_touched,
        case
            when touch_cycles.is_touched
                then
                    tables.controls * (case when touch_cycles.is_renewed then 1 else 0 end)
                    - tables.controls_renewed
                    - tables.controls * (pooled.touched_part - pooled.controls_part) / pooled.weight
            else
                tables.touched_renewed
                - tables.touched * (case when touch_cycles.is_renewed then 1 else 0 end)
                - tables.touched * (pooled.touched_part - pooled.controls_part) / pooled.weight
        end / tables.total as difference,
        case
            when touch_cycles.is_touched and touch_cycles.is_renewed then tables.controls - tables.controls_renewed
            when touch_cycles.is_touched
                then -tables.controls_renewed * pooled.concordant / nullif(pooled.discordant, 0)
            when touch_cycles.is_renewed
                then -(tables.touched - tables.touched_renewed) * pooled.concordant / nullif(pooled.discordant, 0)
            else tables.touched_renewed
        end / tables.total as odds

    from touch_cycles
    inner join tables
        on
            touch_cycles.touch_type = tables.touch_type
            and touch_cycles.product_id = tables.product_id
            and touch_cycles.success_level = tables.success_level
            and touch_cycles.renewal_band = tables.renewal_band
            and touch_cycles.health_band = tables.health_band
    inner join pooled
        on touch_cycles.touch_type = pooled.touch_type and pooled.product_id in ('all', touch_cycles.product_id)

),

accounts as (

    select
        touch_type,
        product_id,
        account_id,
        {%- for figure in figures %}
            cast(sum(cast({{ figure }} as decimal(38, 18))) as double) as {{ figure }},
            sum(cast(power({{ figure }}, 2) as decimal(38, 18))) as {{ figure }}_squares,
        {%- endfor %}
        count(case when is_touched then 1 end) as touched,
        count(case when not is_touched then 1 end) as controls

    from influences

    group by 1, 2, 3

),

-- Squares of customers over squares of cycles. Below 1 it is taken for chance: no interval gets narrower by it.
final as (

    select
        touch_type,
        product_id,
        {%- for figure in figures %}
            greatest(
                1,
                cast(sum(cast(power({{ figure }}, 2) as decimal(38, 18))) as double)
                / nullif(cast(sum({{ figure }}_squares) as double), 0)
            ) as {{ figure }}_clustering,
        {%- endfor %}
        cast(count(case when touched > 0 then 1 end) as bigint) as touched_accounts,
        cast(count(case when controls > 0 then 1 end) as bigint) as control_accounts

    from accounts

    group by 1, 2

)

select * from final
