{# Key, CTE, value, ends of the range, why there is one, and whom the figure is about. #}
{% set figures = [
    ('expected_nrr', 'expected', 'expected_nrr', 'expected_nrr_low', 'expected_nrr_high', 'interval_90', 'paying_now'),
    ('nrr_landing', 'landing', 'landing_nrr', 'null', 'null', 'no_range', 'paying_at_period_start'),
    ('nrr_12m', 'retention', 'nrr', 'nrr_confirmed', 'nrr', 'renewal_grace', 'paying_a_year_ago'),
    ('grr_12m', 'retention', 'grr', 'grr_confirmed', 'grr', 'renewal_grace', 'paying_a_year_ago'),
    ('logo_churn_12m', 'retention', '1 - logo_retention', 'null', 'null', 'late_counted', 'paying_a_year_ago'),
    ('mrr', 'booked', 'mrr', 'mrr_confirmed', 'mrr', 'renewal_grace', 'paying_now'),
    ('nps', 'answers', 'nps', 'nps_low', 'nps_high', 'interval_95', 'answered'),
] %}
-- Grain: one row per headline indicator: where the whole company stands on the newest as-of date, how sure that is, what
-- it was at the last month end, and what the plan asks for.

with

kpis as (

    select * from {{ ref('fct_kpi') }}

    where scope_type = 'all'

),

latest as (

    select
        max(as_of_date) as as_of_date,
        {{ plus_days("cast(date_trunc('month', max(as_of_date)) as date)", '-1') }} as previous_date

    from kpis

),

headlines as (

    {% for figure in figures %}
        select
            {{ loop.index }} as position,
            '{{ figure[0] }}' as kpi_key,
            '{{ figure[6] }}' as population

        {{ 'union all' if not loop.last }}
    {% endfor %}

),

expected as (

    select
        *,
        'expected_nrr' as kpi_key

    from {{ ref('mart_expected_nrr') }}

    where scope_type = 'all'

),

-- The way to here of the landing of today's period.
landing as (

    select
        history.*,
        'nrr_landing' as kpi_key

    from latest
    inner join {{ ref('mart_nrr_landing') }} as today
        on latest.as_of_date = today.as_of_date and today.owner_id = 'all' and today.is_current
    inner join {{ ref('mart_nrr_landing') }} as history
        on
            today.owner_id = history.owner_id
            and today.period_start_date = history.period_start_date
            and today.period_end_date = history.period_end_date

),

retention as (

    select
        *,
        period_end_date as as_of_date

    from {{ ref('mart_retention') }}

    where definition = 'cohort_p2p' and horizon_months = 12 and scope_type = 'all'

),

booked as (

    select
        as_of_date,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(mrr - mrr_in_grace) as bigint) as mrr_confirmed,
        cast(count(case when mrr > 0 then 1 end) as bigint) as accounts

    from {{ ref('mart_account_360') }}

    group by 1

),

-- There is no history of an NPS over twelve months.
answers as (

    select
        latest.as_of_date,
        nps.accounts,
        case when nps.is_reportable then nps.nps end as nps,
        case when nps.is_reportable then nps.nps_low end as nps_low,
        case when nps.is_reportable then nps.nps_high end as nps_high

    from latest
    inner join {{ ref('mart_nps') }} as nps on nps.period_type = 'last_12_months' and nps.scope_type = 'all'

),

figures as (

    {% for kpi_key, mart, value, low, high, reason, _ in figures %}
        {# Nobody counts confirmed customers: whose renewal is late shows in the MRR of the same customers. #}
        {% set is_open = 'nrr_confirmed < nrr' if reason == 'late_counted' else low ~ ' < ' ~ high %}
        select
            as_of_date,
            '{{ kpi_key }}' as kpi_key,
            cast({{ value }} as decimal(28, 9)) as value,
            cast(case when {{ low }} < {{ high }} then {{ low }} end as decimal(28, 9)) as value_low,
            cast(case when {{ low }} < {{ high }} then {{ high }} end as decimal(28, 9)) as value_high,
            case when {{ is_open }} then '{{ reason }}' end as range_reason,
            {{ 'accounts_at_start' if mart == 'landing' else 'accounts' }} as accounts

        from {{ mart }}

        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A target without a last month is one of expected NRR; of several that run the one that began last counts.
rolling_target as (

    select
        *,
        'expected_nrr' as kpi_key,
        max(curve_date) over (partition by period_start_month) as target_end_date

    from {{ ref('mart_target_curve') }}

    where owner_id = 'all' and is_rolling and month_number > 0

    qualify is_newest and row_number() over (partition by is_newest, realised_date order by period_start_month desc) = 1

),

final as (

    select
        headlines.position,
        kpi_catalog.kpi_key,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.formula_en,
        kpi_catalog.formula_ja,
        kpi_catalog.unit,
        kpi_catalog.direction,
        latest.as_of_date,
        figures.value,
        figures.value_low,
        figures.value_high,
        figures.range_reason,
        coalesce(figures.accounts, 0) as accounts,
        headlines.population,
        latest.previous_date,
        before.value as previous_value,
        cast(figures.value - before.value as decimal(28, 9)) as change_value,
        cast(coalesce(landing.target_nrr, curve.target_nrr) as decimal(28, 9)) as target_value,
        cast(coalesce(landing.target_nrr, curve.due_nrr) as decimal(28, 9)) as due_value,
        cast(coalesce(landing.gap_nrr, curve.gap_nrr) as decimal(28, 9)) as gap_value,
        coalesce(landing.gap_mrr, curve.gap_mrr) as gap_mrr,
        coalesce(landing.progress_status, curve.progress_status) as progress_status,
        coalesce(landing.period_end_date, curve.target_end_date) as target_end_date,
        case
            when headlines.kpi_key in ('expected_nrr', 'nrr_landing') and coalesce(landing.target_nrr, curve.target_nrr) is null
                then 'no_target'
        end as target_null_reason,
        expected.basis,
        case when expected.basis is not null then coalesce(expected.past_verdict, 'none_yet') end as past_verdict,
        -- What is expected is never final, and late renewals do not change what was answered.
        case when kpi_catalog.leading_lagging = 'lagging' then retention.is_final end as is_final,
        currency.currency,
        case
            when figures.value is not null then null
            when kpi_catalog.kpi_key <> 'nps' then kpis.null_reason
            when figures.accounts > 0 then 'too_few_answers'
            else 'no_survey_answers'
        end as null_reason

    from latest
    cross join {{ ref('int_currency') }} as currency
    cross join headlines
    inner join {{ ref('kpi_catalog') }} as kpi_catalog on headlines.kpi_key = kpi_catalog.kpi_key
    inner join kpis on latest.as_of_date = kpis.as_of_date and kpi_catalog.kpi_key = kpis.kpi_key
    left join figures on latest.as_of_date = figures.as_of_date and kpi_catalog.kpi_key = figures.kpi_key
    left join figures as before on latest.previous_date = before.as_of_date and kpi_catalog.kpi_key = before.kpi_key
    left join landing on latest.as_of_date = landing.as_of_date and kpi_catalog.kpi_key = landing.kpi_key
    left join expected on latest.as_of_date = expected.as_of_date and kpi_catalog.kpi_key = expected.kpi_key
    left join rolling_target as curve
        on latest.as_of_date = curve.realised_date and kpi_catalog.kpi_key = curve.kpi_key
    left join retention on latest.as_of_date = retention.as_of_date

)

select * from final
