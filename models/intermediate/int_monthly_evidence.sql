{% set money_columns = ['mrr_start', 'churn_mrr', 'contraction_mrr', 'expansion_mrr'] %}
{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, horizon and success level (and one for all levels) with matured windows of monthly
-- contracts behind it (E2): what the horizon made of what was paid, in parts. As int_cell_evidence, for months.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

windows as (

    select * from {{ ref('int_monthly_windows') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- Training ends where windows have matured and begins where the company was another one.
training as (

    select
        to_build.as_of_date,
        windows.horizon_months,
        windows.account_id,
        coalesce(cast(windows.success_level as {{ dbt.type_string() }}), 'unknown') as level_key,
        windows.mrr_start,
        case when windows.mrr_end = 0 then windows.mrr_start else 0 end as churn_mrr,
        case when windows.mrr_end = 0 then 0 else greatest(windows.mrr_start - windows.mrr_end, 0) end
            as contraction_mrr,
        greatest(windows.mrr_end - windows.mrr_start, 0) as expansion_mrr

    from to_build
    cross join policies
    inner join windows
        on
            to_build.as_of_date >= windows.matured_date
            and windows.window_start_date
            >= {{ months_before('to_build.as_of_date', 'policies.outcome_history_months') }}

),

cell_kinds as (

    select 'level' as cell_kind
    union all
    select 'all' as cell_kind

),

-- An account has a window every month: its weight counts once, however many of them it has.
by_account as (

    select
        training.as_of_date,
        training.horizon_months,
        training.account_id,
        cell_kinds.cell_kind,
        case when cell_kinds.cell_kind = 'level' then training.level_key end as level_key,
        {% for money in money_columns %}
            cast(sum(training.{{ money }}) as decimal(19, 0)) as {{ money }},
        {% endfor %}
        cast(count(*) as bigint) as windows

    from training
    cross join cell_kinds

    group by 1, 2, 3, 4, 5

),

final as (

    select
        as_of_date,
        horizon_months,
        cell_kind,
        level_key,
        cast(count(*) as bigint) as accounts,
        cast(sum(windows) as bigint) as windows,
        {% for money in money_columns %}
            cast(sum({{ money }}) as bigint) as {{ money }},
        {% endfor %}
        -- How many accounts of equal size would know as much.
        {{ nine_decimals(
            'cast(sum(mrr_start) as double) * cast(sum(mrr_start) as double)
            / nullif(cast(sum(mrr_start * mrr_start) as double), 0)'
        ) }} as effective_n

    from by_account

    group by 1, 2, 3, 4

)

select * from final
