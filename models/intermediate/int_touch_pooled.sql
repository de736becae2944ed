{#- What every stratum adds to the pooled figures. Mantel and Haenszel weigh a stratum by how much it can tell. -#}
{%- set parts = {
    'weight': 'touched * controls / total',
    'touched_part': 'touched_renewed * controls / total',
    'controls_part': 'controls_renewed * touched / total',
    'concordant': 'touched_renewed * (controls - controls_renewed) / total',
    'discordant': '(touched - touched_renewed) * controls_renewed / total',
} -%}
{%- set agreeing = '(touched_renewed + controls - controls_renewed) / total' -%}
{%- set opposing = '(touched - touched_renewed + controls_renewed) / total' -%}
{%- set renewed = '(touched_renewed + controls_renewed)' -%}
{%- do parts.update({
    'robins_first': agreeing ~ ' * ' ~ parts.concordant,
    'robins_second': agreeing ~ ' * ' ~ parts.discordant ~ ' + ' ~ opposing ~ ' * ' ~ parts.concordant,
    'robins_third': opposing ~ ' * ' ~ parts.discordant,
    'sato_first': '(touched * (touched * controls_renewed / total) - controls * (controls * touched_renewed / total)'
        ~ ' + touched * (controls / total) * (controls - touched) / 2) / total',
    'sato_second': '(' ~ parts.concordant ~ ' + ' ~ parts.discordant ~ ') / 2',
    'excess': 'touched_renewed - touched * ' ~ renewed ~ ' / total',
    'variance': '(touched / total) * (controls / total) * ' ~ renewed ~ ' * (total - ' ~ renewed ~ ') / (total - 1)',
}) -%}
-- Grain: one row per touch type and product (`all`: every product) with strata in which some were touched and others were
-- not: the sums that the pooled figures are made of (A2).

with

tables as (

    select * from {{ ref('int_touch_tables') }}

),

scopes as (

    select true as is_whole
    union all
    select false as is_whole

),

-- Fractions add up to the same digits in any order as decimals only.
final as (

    select
        tables.touch_type,
        case when scopes.is_whole then 'all' else tables.product_id end as product_id,
        cast(count(*) as bigint) as strata,
        {%- for part, formula in parts.items() %}
            cast(sum(cast({{ formula }} as decimal(38, 18))) as double) as {{ part }},
        {%- endfor %}
        cast(sum(tables.touched) as bigint) as touched_compared,
        cast(sum(tables.controls) as bigint) as controls,
        cast(sum(tables.touched_renewed) as bigint) as touched_renewed,
        cast(sum(tables.controls_renewed) as bigint) as controls_renewed

    from tables
    cross join scopes

    group by 1, 2

)

select * from final
