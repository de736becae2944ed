-- Grain: one row per month end, horizon, definition of NRR and step that leads to it from same-customer NRR (whole
-- company). Every difference is summed from its own rows; what they leave unexplained is the residual (R5).

with

retention as (

    select * from {{ ref('mart_retention') }}

    where scope_type = 'all' and is_month_end

),

differences as (

    select * from {{ ref('int_nrr_differences') }}

),

headlines as (

    select
        other.period_end_date,
        other.period_start_date,
        other.horizon_months,
        other.definition,
        other.is_final,
        other.null_reason,
        other.opening_mrr as base_mrr,
        other.closing_mrr - other.opening_mrr as change_mrr,
        other.closing_mrr / cast(nullif(other.opening_mrr, 0) as double) as nrr,
        p2p.opening_mrr as p2p_base_mrr,
        p2p.closing_mrr - p2p.opening_mrr as p2p_change_mrr,
        p2p.closing_mrr / cast(p2p.opening_mrr as double) as p2p_nrr

    from retention as other
    inner join retention as p2p
        on
            other.period_end_date = p2p.period_end_date
            and other.horizon_months = p2p.horizon_months
            and p2p.definition = 'cohort_p2p'

    where other.definition <> 'cohort_p2p' and p2p.opening_mrr > 0

),

named as (

    select
        headlines.period_end_date,
        headlines.horizon_months,
        headlines.definition,
        differences.step_number,
        differences.step,
        differences.difference_mrr as change_mrr,
        differences.difference_mrr / cast(headlines.p2p_base_mrr as double) as rate

    from headlines
    inner join differences
        on
            headlines.period_end_date = differences.period_end_date
            and headlines.horizon_months = differences.horizon_months
            and headlines.definition = differences.definition

    union all

    -- The same change is a larger rate over a smaller base: for renewals the base is what was due.
    select
        period_end_date,
        horizon_months,
        definition,
        5 as step_number,
        'other_base' as step,
        0 as change_mrr,
        change_mrr / cast(nullif(base_mrr, 0) as double) - change_mrr / cast(p2p_base_mrr as double) as rate

    from headlines

    where definition = 'renewals_due'

),

explained as (

    select
        period_end_date,
        horizon_months,
        definition,
        sum(change_mrr) as change_mrr,
        case when count(rate) = count(*) then sum(rate) end as rate

    from named

    group by 1, 2, 3

),

-- From the same customers over the named differences and the residual to the definition.
steps as (

    select
        period_end_date,
        horizon_months,
        definition,
        1 as step_number,
        'cohort_p2p' as step,
        p2p_change_mrr as change_mrr,
        p2p_nrr as rate

    from headlines

    union all

    select * from named

    union all

    select
        headlines.period_end_date,
        headlines.horizon_months,
        headlines.definition,
        8 as step_number,
        'residual' as step,
        headlines.change_mrr - headlines.p2p_change_mrr - explained.change_mrr as change_mrr,
        headlines.nrr - headlines.p2p_nrr - explained.rate as rate

    from headlines
    inner join explained
        on
            headlines.period_end_date = explained.period_end_date
            and headlines.horizon_months = explained.horizon_months
            and headlines.definition = explained.definition

    union all

    select
        period_end_date,
        horizon_months,
        definition,
        9 as step_number,
        definition as step,
        change_mrr,
        nrr as rate

    from headlines

),

final as (

    select
        headlines.period_end_date,
        headlines.period_start_date,
        headlines.horizon_months,
        headlines.definition,
        steps.step_number,
        steps.step,
        cast(steps.change_mrr as bigint) as change_mrr,
        -- Plus zero, since a residual of -1e-17 would be rounded to minus zero.
        {{ nine_decimals('steps.rate') }} + 0 as rate,
        headlines.is_final,
        case when steps.rate is null then headlines.null_reason end as null_reason

    from headlines
    inner join steps
        on
            headlines.period_end_date = steps.period_end_date
            and headlines.horizon_months = steps.horizon_months
            and headlines.definition = steps.definition

)

select * from final
