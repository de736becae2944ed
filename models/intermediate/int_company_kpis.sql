-- Grain: one row per date on which MRR is read, scope of customers and indicator that only a company has: its MRR, and
-- what its expansion cost (S11).

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

movements as (

    select * from {{ ref('int_mrr_movements') }}

),

touches as (

    select * from {{ ref('stg_touches') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

scopes as (

    select * from account_scopes
    where scope_type in ('all', 'segment', 'industry', 'owner')

),

dates as (

    select distinct
        snapshot_date as as_of_date,
        {{ months_before('snapshot_date', 12) }} as year_before_date

    from account_mrr

    where is_month_end or is_as_of_date

),

booked as (

    select
        account_mrr.snapshot_date as as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(sum(account_mrr.mrr) as bigint) as mrr,
        cast(count(case when account_mrr.mrr > 0 then 1 end) as bigint) as accounts

    from account_mrr
    inner join scopes on account_mrr.account_id = scopes.account_id

    where account_mrr.is_month_end or account_mrr.is_as_of_date

    group by 1, 2, 3

),

expanded as (

    select
        dates.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(sum(movements.delta_mrr) as bigint) as expansion_mrr

    from dates
    inner join movements
        on last_day(movements.month) <= dates.as_of_date and last_day(movements.month) > dates.year_before_date
    inner join scopes on movements.unit_account_id = scopes.account_id

    where movements.unit_type = 'account' and movements.movement_type = 'expansion'

    group by 1, 2, 3

),

worked as (

    select
        dates.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(sum(touches.minutes) as bigint) as minutes

    from dates
    inner join touches
        on dates.as_of_date >= touches.touched_date and dates.year_before_date < touches.touched_date
    inner join hierarchy on touches.account_id = hierarchy.account_id
    inner join scopes on hierarchy.surviving_account_id = scopes.account_id

    group by 1, 2, 3

),

-- Minutes are kept exact: the price of an hour divides once.
costed as (

    select
        booked.as_of_date,
        booked.scope_type,
        booked.scope_value,
        booked.accounts,
        booked.mrr,
        coalesce(expanded.expansion_mrr, 0) as expansion_mrr,
        cast(worked.minutes * policies.cs_cost_per_hour as double) / 60 as cs_cost,
        case
            when policies.cs_cost_per_hour is null then 'no_cost_of_cs_given'
            when worked.minutes is null then 'no_minutes_of_touches'
            when worked.minutes * policies.cs_cost_per_hour = 0 then 'no_cost_of_cs'
        end as cost_null_reason

    from booked
    cross join policies
    left join expanded
        on
            booked.as_of_date = expanded.as_of_date
            and booked.scope_type = expanded.scope_type
            and booked.scope_value = expanded.scope_value
    left join worked
        on
            booked.as_of_date = worked.as_of_date
            and booked.scope_type = worked.scope_type
            and booked.scope_value = worked.scope_value

),

final as (

    select
        as_of_date,
        scope_type,
        scope_value,
        'mrr' as kpi_key,
        cast(mrr as double) as kpi_value,
        cast(mrr as double) as numerator,
        cast(1 as double) as denominator,
        accounts as measured_things,
        accounts as known_things,
        cast(null as {{ dbt.type_string() }}) as null_reason

    from costed

    union all

    select
        as_of_date,
        scope_type,
        scope_value,
        'expansion_per_cs_cost' as kpi_key,
        case when cost_null_reason is null then {{ rate('expansion_mrr', 'cs_cost') }} end as kpi_value,
        case when cost_null_reason is null then cast(expansion_mrr as double) end as numerator,
        case when cost_null_reason is null then cs_cost end as denominator,
        accounts as measured_things,
        case when cost_null_reason is null then accounts else 0 end as known_things,
        cost_null_reason as null_reason

    from costed

)

select * from final
