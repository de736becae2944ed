{% set money_columns = ['base_mrr', 'mrr_end', 'churn_mrr', 'contraction_mrr', 'expansion_mrr', 'mrr_above_cap'] %}
{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and cell (and each of its parents) with matured windows behind it (E1): what a year made of
-- the MRR that was contracted for it, and in which parts.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

windows as (

    select * from {{ ref('int_windows') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- Training ends where windows have matured and begins where the company was another one.
training as (

    select
        to_build.as_of_date,
        windows.account_id,
        coalesce(cast(windows.success_level as {{ dbt.type_string() }}), 'unknown') as level_key,
        windows.term_band,
        windows.renewal_band,
        windows.base_mrr,
        windows.mrr_end,
        case when windows.mrr_end = 0 then windows.base_mrr else 0 end as churn_mrr,
        case when windows.mrr_end = 0 then 0 else greatest(windows.base_mrr - windows.mrr_end, 0) end
            as contraction_mrr,
        greatest(windows.mrr_end - windows.base_mrr, 0) as expansion_mrr,
        windows.mrr_above_cap

    from to_build
    cross join policies
    inner join windows
        on
            to_build.as_of_date >= windows.matured_date
            and windows.window_start_date
            >= {{ months_before('to_build.as_of_date', 'policies.outcome_history_months') }}

),

-- A cell, and the parents it leans on where it is thin: each drops one more of its parts.
cell_kinds as (

    select 'level_term_renewal' as cell_kind
    union all
    select 'level_renewal' as cell_kind
    union all
    select 'renewal' as cell_kind
    union all
    select 'all' as cell_kind

),

in_cells as (

    select
        training.as_of_date,
        training.account_id,
        cell_kinds.cell_kind,
        case when cell_kinds.cell_kind in ('level_term_renewal', 'level_renewal') then training.level_key end
            as level_key,
        case when cell_kinds.cell_kind = 'level_term_renewal' then training.term_band end as term_band,
        case when cell_kinds.cell_kind <> 'all' then training.renewal_band end as renewal_band,
        training.base_mrr,
        training.mrr_end,
        training.churn_mrr,
        training.contraction_mrr,
        training.expansion_mrr,
        training.mrr_above_cap

    from training
    cross join cell_kinds

),

-- An account's windows overlap: its weight counts once, however many of them it has.
by_account as (

    select
        as_of_date,
        account_id,
        cell_kind,
        level_key,
        term_band,
        renewal_band,
        cast(count(*) as bigint) as windows,
        cast(round(
            cast(sum(mrr_end) as double) * sum(mrr_end) / nullif(cast(sum(base_mrr) as double), 0)
        ) as decimal(28, 0)) as mrr_square,
        {% for money in money_columns %}
            cast(sum({{ money }}) as decimal(18, 0)) as {{ money }}{{ ',' if not loop.last }}
        {% endfor %}

    from in_cells

    group by 1, 2, 3, 4, 5, 6

),

counted as (

    select
        as_of_date,
        cell_kind,
        level_key,
        term_band,
        renewal_band,
        cast(count(*) as bigint) as accounts,
        cast(sum(windows) as bigint) as windows,
        {% for money in money_columns %}
            cast(sum({{ money }}) as bigint) as {{ money }},
        {% endfor %}
        {{ rate('sum(mrr_end)', 'sum(base_mrr)') }} as observed_nrr,
        cast(sum(mrr_square) as double) / nullif(cast(sum(base_mrr) as double), 0) as mean_square,
        -- How many accounts of equal size would know as much.
        {{ nine_decimals(
            'cast(sum(base_mrr) as double) * cast(sum(base_mrr) as double)
            / nullif(cast(sum(base_mrr * base_mrr) as double), 0)'
        ) }} as effective_n

    from by_account

    group by 1, 2, 3, 4, 5

),

-- How far accounts lie apart inside the cell, as a variance of their ratios weighted by money.
final as (

    select
        as_of_date,
        cell_kind,
        level_key,
        term_band,
        renewal_band,
        accounts,
        windows,
        {% for money in money_columns %}
            {{ money }},
        {% endfor %}
        observed_nrr,
        effective_n,
        case
            when effective_n > 1
                then {{ nine_decimals(
                    'greatest(mean_square - observed_nrr * observed_nrr, 0) * effective_n / (effective_n - 1)'
                ) }}
        end as account_variance

    from counted

)

select * from final
