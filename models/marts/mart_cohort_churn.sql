-- Grain: one row per cohort (accounts that first paid in a month), months since then, measure and scope.
-- Cells past the last complete month are not observable: NULL, never 0 (R7).

with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

accounts as (

    select * from {{ ref('dim_account') }}

),

months as (

    select * from {{ ref('dim_month') }}

),

-- Months counted from the first, so that a distance is a subtraction.
numbered_months as (

    select
        month,
        cast(row_number() over (order by month) as int) as month_number

    from months

    where is_complete

),

starts as (

    select
        account_mrr.account_id,
        account_mrr.month as cohort_month,
        numbered_months.month_number as cohort_number,
        account_mrr.mrr as start_mrr

    from account_mrr
    inner join accounts
        on account_mrr.account_id = accounts.account_id and account_mrr.month = accounts.cohort_month
    inner join numbered_months on account_mrr.month = numbered_months.month

    where account_mrr.is_month_end

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

cohorts as (

    select
        starts.cohort_month,
        starts.cohort_number,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(*) as bigint) as start_logo,
        cast(sum(starts.start_mrr) as bigint) as start_mrr

    from starts
    inner join scopes on starts.account_id = scopes.account_id

    group by 1, 2, 3, 4

),

kept as (

    select
        starts.cohort_month,
        numbered_months.month_number - starts.cohort_number as months_since_start,
        scopes.scope_type,
        scopes.scope_value,
        cast(count_if(account_mrr.mrr > 0) as bigint) as logo,
        cast(sum(least(account_mrr.mrr, starts.start_mrr)) as bigint) as gross_mrr,
        cast(sum(account_mrr.mrr) as bigint) as net_mrr

    from starts
    inner join account_mrr
        on
            starts.account_id = account_mrr.account_id
            and starts.cohort_month <= account_mrr.month
            and account_mrr.is_month_end
    inner join numbered_months on account_mrr.month = numbered_months.month
    inner join scopes on starts.account_id = scopes.account_id

    group by 1, 2, 3, 4

),

measures as (

    select 'logo' as measure
    union all
    select 'gross_mrr' as measure
    union all
    select 'net_mrr' as measure

),

-- The whole rectangle: what has not happened yet has a cell that says so.
cells as (

    select
        cohorts.*,
        numbered_months.month_number - 1 as months_since_start,
        measures.measure

    from cohorts
    cross join numbered_months
    cross join measures

),

valued as (

    select
        cells.cohort_month,
        cells.months_since_start,
        cells.measure,
        cells.scope_type,
        cells.scope_value,
        case when cells.measure = 'logo' then cells.start_logo else cells.start_mrr end as start_value,
        case cells.measure
            when 'logo' then kept.logo
            when 'gross_mrr' then kept.gross_mrr
            else kept.net_mrr
        end as value

    from cells
    left join kept
        on
            cells.cohort_month = kept.cohort_month
            and cells.months_since_start = kept.months_since_start
            and cells.scope_type = kept.scope_type
            and cells.scope_value = kept.scope_value

),

final as (

    select
        cohort_month,
        cast(months_since_start as int) as months_since_start,
        measure,
        scope_type,
        scope_value,
        start_value,
        value,
        {{ rate('value', 'start_value') }} as retention,
        {{ nine_decimals('1 - ' ~ rate('value', 'start_value')) }} as churn_rate,
        value is not null as is_observable

    from valued

)

select * from final
