{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
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
            windows.matured_date <= to_build.as_of_date
            and windows.window_start_date
            >= {{ months_before('to_build.as_of_date', 'policies.outcome_history_months') }}

),

-- An account's windows overlap: its weight counts once, however many of them it has.
by_account as (

    select
        as_of_date,
        account_id,
        level_key,
        term_band,
        renewal_band,
        case
            when grouping(term_band) = 0 then 'level_term_renewal'
            when grouping(level_key) = 0 then 'level_renewal'
            when grouping(renewal_band) = 0 then 'renewal'
            else 'all'
        end as cell_kind,
        cast(count(*) as bigint) as windows,
        cast(sum(mrr_start) as decimal(18, 0)) as mrr_start,
        cast(sum(mrr_end) as decimal(18, 0)) as mrr_end,
        cast(sum(mrr_above_cap) as decimal(18, 0)) as mrr_above_cap

    from training

    group by grouping sets (
        (as_of_date, account_id, level_key, term_band, renewal_band),
        (as_of_date, account_id, level_key, renewal_band),
        (as_of_date, account_id, renewal_band),
        (as_of_date, account_id)
    )

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
        round(
            cast(sum(mrr_start) as double) * cast(sum(mrr_start) as double)
            / cast(sum(mrr_start * mrr_start) as double), 9
        ) as effective_n

    from by_account

    group by 1, 2, 3, 4, 5

)

select * from final
