-- Grain: one row per scope and stage of the road to value, on the as-of date (S1). Scopes of customers read each customer
-- as a whole, scopes of products what it does with that product.

with

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

-- A stage has one name, also where profiles name it differently.
stages as (

    select
        stage,
        min(label_en) as label_en,
        min(label_ja) as label_ja

    from {{ ref('funnel_stages') }}

    group by 1

),

in_scopes as (

    select
        steps.*,
        account_scopes.scope_type,
        account_scopes.scope_value

    from steps
    inner join account_scopes
        on
            steps.account_id = account_scopes.account_id
            and account_scopes.scope_type in ('all', 'segment', 'industry', 'owner')

    where steps.product_id = 'all'

    union all

    select
        *,
        'product' as scope_type,
        product_id as scope_value

    from steps

    where product_id <> 'all'

),

counted as (

    select
        as_of_date,
        scope_type,
        scope_value,
        position,
        stage,
        min(kpi_key) as kpi_key,
        min(case when is_skipped then 1 else 0 end) = 1 as is_skipped,
        cast(count(case when has_entered then 1 end) as bigint) as entered,
        cast(count(case when has_passed then 1 end) as bigint) as passed,
        cast(count(case when has_entered and not has_passed and is_met is null then 1 end) as bigint) as unknown,
        cast(sum(case when has_entered then mrr else 0 end) as bigint) as entered_mrr,
        cast(sum(case when has_passed then mrr else 0 end) as bigint) as passed_mrr

    from in_scopes

    group by 1, 2, 3, 4, 5

),

final as (

    select
        counted.as_of_date,
        counted.scope_type,
        counted.scope_value,
        counted.position,
        counted.stage,
        stages.label_en,
        stages.label_ja,
        counted.kpi_key,
        counted.is_skipped,
        counted.entered,
        counted.passed,
        counted.unknown,
        counted.entered - counted.passed as drop_off,
        {{ rate('counted.entered - counted.passed', 'counted.entered') }} as drop_off_rate,
        counted.entered_mrr,
        counted.passed_mrr,
        case
            when counted.entered = 0 then 'nobody_came_this_far'
        end as null_reason

    from counted
    inner join stages on counted.stage = stages.stage

)

select * from final
