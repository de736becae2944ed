-- Grain: one row per unit (account, or group of accounts), complete month and movement type. Exchange rates come first:
-- opening → opening + fx; what was sold or lost leads from there to closing (R4).

with

product_changes as (

    select * from {{ ref('int_product_mrr_changes') }}

),

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

account_hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

-- Today's groups hold for all months: a contract that moves inside a group is no churn of the group.
units as (

    select
        account_id,
        'account' as unit_type,
        account_id as unit_id

    from account_hierarchy

    union all

    select
        account_id,
        'group' as unit_type,
        group_account_id as unit_id

    from account_hierarchy

),

-- Who paid for two weeks between month ends has paid before, though no month end shows it.
first_paid as (

    select
        units.unit_type,
        units.unit_id,
        history_start.start_date as history_start_date,
        min(mrr_periods.start_date) as first_paid_date,
        count_if(
            mrr_periods.start_date <= history_start.start_date
            and (
                mrr_periods.end_date_exclusive is null
                or mrr_periods.end_date_exclusive > history_start.start_date
            )
        ) > 0 as has_paid_on_first_day

    from mrr_periods
    inner join units on mrr_periods.account_id = units.account_id
    cross join history_start

    where mrr_periods.mrr > 0

    group by 1, 2, 3

),

-- Months in which a unit as a whole did not change are left out early.
changes as (

    select
        units.unit_type,
        units.unit_id,
        product_changes.month,
        product_changes.is_final,
        cast(sum(product_changes.opening_mrr) as bigint) as opening_mrr,
        cast(sum(product_changes.fx_mrr) as bigint) as fx_mrr,
        cast(sum(product_changes.movement_mrr) as bigint) as movement_mrr,
        cast(sum(product_changes.closing_mrr) as bigint) as closing_mrr

    from product_changes
    inner join units on product_changes.account_id = units.account_id

    group by 1, 2, 3, 4

    having sum(product_changes.movement_mrr) <> 0 or sum(product_changes.fx_mrr) <> 0

),

final as (

    select
        unit_type,
        unit_id,
        month,
        'fx' as movement_type,
        opening_mrr,
        fx_mrr as delta_mrr,
        opening_mrr + fx_mrr as closing_mrr,
        is_final

    from changes

    where fx_mrr <> 0

    union all

    select
        changes.unit_type,
        changes.unit_id,
        changes.month,
        case
            when
                changes.opening_mrr = 0
                and first_paid.has_paid_on_first_day
                and first_paid.first_paid_date < first_paid.history_start_date
                and last_day(changes.month) = last_day(first_paid.history_start_date)
                then 'opening'
            when changes.opening_mrr = 0 and first_paid.first_paid_date < changes.month then 'reactivation'
            when changes.opening_mrr = 0 then 'new'
            when changes.closing_mrr = 0 then 'churn'
            when changes.movement_mrr > 0 then 'expansion'
            else 'contraction'
        end as movement_type,
        changes.opening_mrr + changes.fx_mrr as opening_mrr,
        changes.movement_mrr as delta_mrr,
        changes.closing_mrr,
        changes.is_final

    from changes
    left join first_paid on changes.unit_type = first_paid.unit_type and changes.unit_id = first_paid.unit_id

    where changes.movement_mrr <> 0

)

select * from final
