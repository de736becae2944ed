-- Grain: one row per target of NRR: the book it is about, and the year in which it is to be reached. A target without a
-- last month is rolling: expected NRR, next 12 months, is to reach it within a year of its first month (E5).

with

targets as (

    select * from {{ ref('targets') }}

    where activity = 'nrr'

),

scopes as (

    select distinct
        scope_type,
        scope_value

    from {{ ref('int_account_scopes') }}

    where scope_type in ('all', 'owner')

),

-- A period begins with what the book was worth on the last day before it.
final as (

    select
        targets.owner_id || ' ' || cast(targets.period_start_month as {{ dbt.type_string() }}) || ' '
        || coalesce(cast(targets.period_end_month as {{ dbt.type_string() }}), 'rolling') as target_key,
        targets.period_start_month,
        targets.period_end_month,
        targets.owner_id,
        -- NULL for somebody who owns no account.
        scopes.scope_type,
        targets.period_end_month is null as is_rolling,
        {{ plus_days('targets.period_start_month', '-1') }} as start_date,
        case
            when targets.period_end_month is null
                then last_day({{ plus_months('targets.period_start_month', '11') }})
            else last_day(targets.period_end_month)
        end as end_date,
        case
            when targets.period_end_month is null then 12
            else cast(
                12 * (extract(year from targets.period_end_month) - extract(year from targets.period_start_month))
                + extract(month from targets.period_end_month) - extract(month from targets.period_start_month) + 1
                as int
            )
        end as period_months,
        cast(targets.target_value as double) as target_nrr

    from targets
    left join scopes
        on targets.owner_id = scopes.scope_value and (targets.owner_id = 'all') = (scopes.scope_type = 'all')

)

select * from final
