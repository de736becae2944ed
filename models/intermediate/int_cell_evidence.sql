{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and cell (and each of its parents) with matured windows behind it (E1).

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
        windows.mrr_start,
        windows.mrr_end,
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
        training.mrr_start,
        training.mrr_end,
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
        cast(sum(mrr_start) as decimal(18, 0)) as mrr_start,
        cast(sum(mrr_end) as decimal(18, 0)) as mrr_end,
        cast(sum(mrr_above_cap) as decimal(18, 0)) as mrr_above_cap

    from in_cells

    group by 1, 2, 3, 4, 5, 6

),

final as (

    select
        as_of_date,
        cell_kind,
        level_key,
        term_band,
        renewal_band,
        cast(count(*) as bigint) as accounts,
        cast(sum(windows) as bigint) as windows,
        cast(sum(mrr_start) as bigint) as mrr_start,
        cast(sum(mrr_end) as bigint) as mrr_end,
        cast(sum(mrr_above_cap) as bigint) as mrr_above_cap,
        {{ rate('sum(mrr_end)', 'sum(mrr_start)') }} as observed_nrr,
        -- How many accounts of equal size would know as much.
        {{ nine_decimals(
            'cast(sum(mrr_start) as double) * cast(sum(mrr_start) as double)
            / cast(sum(mrr_start * mrr_start) as double)'
        ) }} as effective_n

    from by_account

    group by 1, 2, 3, 4, 5

)

select * from final
