-- Grain: one row per scope, account and product ever paid for: the days from its first paid day until its set-up was
-- complete, or until it was last seen open: the day the customer left, or the newest as-of date (S2).

with

setups as (

    select * from {{ ref('int_setups') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

paid as (

    select
        setups.account_id,
        setups.product_id,
        setups.product_profile,
        setups.setup_kind,
        setups.first_paid_date,
        case when setups.setup_kind = 'project' then setups.has_handovers_source else setups.has_tasks_source end
            as has_setup_source,
        case when setups.setup_kind = 'project' then setups.delivery_date else setups.steps_completed_date end
            as completed_date,
        coalesce(setups.left_date, spine.as_of_date) as last_seen_date

    from setups
    inner join spine on spine.is_latest and setups.first_paid_date <= spine.as_of_date

    where setups.setup_kind <> 'none'

),

scoped as (

    select
        account_scopes.scope_type,
        account_scopes.scope_value,
        paid.account_id,
        paid.product_id

    from paid
    inner join account_scopes on paid.account_id = account_scopes.account_id

    where account_scopes.scope_type in ('all', 'segment', 'industry', 'owner')

    union all

    select
        'product' as scope_type,
        product_id as scope_value,
        account_id,
        product_id

    from paid

    union all

    select
        'product_profile' as scope_type,
        product_profile as scope_value,
        account_id,
        product_id

    from paid

),

-- What was complete before the first paid day was complete on day 0. After leaving nobody is waited for.
final as (

    select
        scoped.scope_type,
        scoped.scope_value,
        scoped.account_id,
        scoped.product_id,
        paid.setup_kind,
        paid.has_setup_source,
        coalesce(paid.completed_date <= paid.last_seen_date, false) as is_completed,
        case
            when paid.completed_date <= paid.last_seen_date
                then cast(greatest({{ days_between('paid.first_paid_date', 'paid.completed_date') }}, 0) as int)
            else cast({{ days_between('paid.first_paid_date', 'paid.last_seen_date') }} as int)
        end as duration_days

    from scoped
    inner join paid on scoped.account_id = paid.account_id and scoped.product_id = paid.product_id

)

select * from final
