-- Grain: one row per goal scope (individual, department, company, unknown), and one for all: the goals of customers at
-- the newest as-of date.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

goals as (

    select * from {{ ref('mart_goal_attainment') }}

),

scopes as (

    select 'all' as scope
    {% for scope in ['individual', 'department', 'company', 'unknown'] %}
        union all
        select '{{ scope }}' as scope
    {% endfor %}

),

scoped_goals as (

    select
        'all' as in_scope,
        *

    from goals

    where is_customer

    union all

    select
        scope as in_scope,
        *

    from goals

    where is_customer

),

-- Attainments have nine decimals: as decimals they add up in any order.
counted as (

    select
        scopes.scope,
        cast(count(goals.goal_id) as bigint) as goals,
        cast(count(goals.attainment) as bigint) as measured,
        cast(count(*) filter (where goals.status = 'reached') as bigint) as reached,
        cast(count(*) filter (where goals.status = 'overdue') as bigint) as overdue,
        sum(cast(goals.attainment as decimal(38, 9))) as total_attainment,
        -- The reason that time can mend comes first: not_measured_yet, before target_equals_baseline.
        min(goals.null_reason) as goal_null_reason

    from scopes
    left join scoped_goals as goals on scopes.scope = goals.in_scope

    group by 1

),

final as (

    select
        counted.scope,
        counted.goals,
        counted.measured,
        counted.reached,
        counted.overdue,
        {{ rate('counted.total_attainment', 'counted.measured') }} as attainment,
        {{ rate('counted.reached', 'counted.measured') }} as reached_share,
        case
            when max(counted.goals) over () = 0 then 'no_goals_yet'
            when counted.goals = 0 then 'scope_not_in_goals'
            when counted.measured = 0 then counted.goal_null_reason
        end as null_reason,
        spine.as_of_date

    from counted
    cross join spine

    where spine.is_latest

)

select * from final
