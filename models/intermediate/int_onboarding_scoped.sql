-- Grain: one row per scope with a product held on the newest as-of date, and indicator of set-up: its sums over the
-- products of the scope, and the spread of the days it took.

{% set kpis = [
    'onboarding_started', 'onboarding_completed', 'onboarding_on_time', 'kickoff_on_time', 'onboarding_step_progress',
    'onboarding_self_sufficiency', 'onboarding_days', 'days_to_first_value',
] %}
with

units as (

    select * from {{ ref('int_account_units') }}

),

onboarding as (

    select * from {{ ref('int_onboarding_kpis') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

measured as (

    {% for kpi in kpis -%}
        select
            onboarding.account_id,
            onboarding.product_id,
            units.product_profile,
            '{{ kpi }}' as kpi_key,
            onboarding.{{ kpi }}_numerator as numerator,
            onboarding.{{ kpi }}_denominator as denominator,
            onboarding.{{ kpi }}_null_reason as null_reason

        from onboarding
        inner join spine on onboarding.as_of_date = spine.as_of_date and spine.is_latest
        inner join units
            on
                onboarding.as_of_date = units.as_of_date
                and onboarding.account_id = units.account_id
                and onboarding.product_id = units.product_id

        {% if not loop.last -%}
            union all

        {% endif %}
    {%- endfor %}
),

-- Products are set up one by one. Value begins for a customer as a whole, and per product where products are asked for.
scoped as (

    select
        account_scopes.scope_type,
        account_scopes.scope_value,
        measured.kpi_key,
        measured.numerator,
        measured.denominator,
        measured.null_reason

    from measured
    inner join account_scopes on measured.account_id = account_scopes.account_id

    where
        account_scopes.scope_type in ('all', 'segment', 'industry', 'owner')
        and (measured.product_id = 'all') = (measured.kpi_key = 'days_to_first_value')

    {% for scope, column in [('product', 'product_id'), ('product_profile', 'product_profile')] -%}
        union all

        select
            '{{ scope }}' as scope_type,
            {{ column }} as scope_value,
            kpi_key,
            numerator,
            denominator,
            null_reason

        from measured

        where product_id <> 'all'

    {% endfor %}
),

-- Of several reasons the one is told that something could be done about.
final as (

    select
        scope_type,
        scope_value,
        kpi_key,
        cast(count(*) as bigint) as units,
        cast(count(denominator) as bigint) as units_measured,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator,
        cast(percentile_cont(0.5) within group (order by numerator) as double) as median,
        cast(percentile_cont(0.9) within group (order by numerator) as double) as p90,
        case
            when count(denominator) = 0
                then coalesce(min(case when null_reason not like 'set_up_by_%' then null_reason end), min(null_reason))
        end as null_reason

    from scoped

    group by 1, 2, 3

)

select * from final
