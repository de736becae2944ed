-- Grain: one row per cohort (accounts that first paid in a month), months since then, measure and scope.
-- Cells past the last complete month are not observable: NULL, never 0 (R7).

with

scope_mrr as (

    select * from {{ ref('int_scope_mrr') }}

),

months as (

    select * from {{ ref('dim_month') }}

),

-- Months counted from the first, so that a distance is a subtraction.
numbered_months as (

    select
        month,
        is_final,
        cast(row_number() over (order by month) as int) as month_number

    from months

    where is_complete

),

month_ends as (

    select
        scope_mrr.scope_type,
        scope_mrr.scope_value,
        scope_mrr.account_id,
        scope_mrr.is_opening,
        scope_mrr.mrr,
        numbered_months.month,
        numbered_months.month_number

    from scope_mrr
    inner join numbered_months on scope_mrr.month = numbered_months.month

    where scope_mrr.is_month_end

),

-- The first month of a customer older than the history is not known: it is in no cohort.
starts as (

    select
        scope_type,
        scope_value,
        account_id,
        month as cohort_month,
        month_number as cohort_number,
        mrr as start_mrr

    from month_ends

    where mrr > 0 and not is_opening

    qualify row_number() over (partition by scope_type, scope_value, account_id order by month) = 1

),

cohorts as (

    select
        scope_type,
        scope_value,
        cohort_month,
        cohort_number,
        cast(count(*) as bigint) as start_logo,
        cast(sum(start_mrr) as bigint) as start_mrr

    from starts

    group by 1, 2, 3, 4

),

kept as (

    select
        starts.scope_type,
        starts.scope_value,
        starts.cohort_month,
        month_ends.month_number,
        cast(count(case when month_ends.mrr > 0 then 1 end) as bigint) as logo,
        cast(sum(least(month_ends.mrr, starts.start_mrr)) as bigint) as gross_mrr,
        cast(sum(month_ends.mrr) as bigint) as net_mrr

    from starts
    inner join month_ends
        on
            starts.scope_type = month_ends.scope_type
            and starts.scope_value = month_ends.scope_value
            and starts.account_id = month_ends.account_id
            and starts.cohort_number <= month_ends.month_number

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
        end as value,
        coalesce(numbered_months.is_final, false) as is_final

    from cells
    left join numbered_months
        on cells.cohort_number + cells.months_since_start = numbered_months.month_number
    left join kept
        on
            cells.cohort_month = kept.cohort_month
            and cells.scope_type = kept.scope_type
            and cells.scope_value = kept.scope_value
            and cells.cohort_number + cells.months_since_start = kept.month_number

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
        value is not null as is_observable,
        is_final

    from valued

)

select * from final
