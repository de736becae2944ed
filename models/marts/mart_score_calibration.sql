{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon, population and band of the health score: how many of its
-- windows ended without the customer (H9).

with

account_bands as (

    select * from {{ ref('int_score_account_bands') }}

),

bands as (

    select * from {{ ref('health_bands') }}

),

every_band as (

    select band from bands
    where score_kind = 'health'

    union all

    select 'no_data' as band

),

scopes as (

    select distinct {{ keys | join(', ') }}
    from account_bands

),

-- Whole numbers, so that the spread between accounts comes out the same in any order.
counted as (

    select
        {{ keys | join(', ') }},
        band,
        cast(count(*) as bigint) as accounts,
        cast(count(case when churned_windows > 0 then 1 end) as bigint) as churned_accounts,
        cast(sum(windows) as bigint) as windows,
        cast(sum(churned_windows) as bigint) as churned_windows,
        cast(sum(windows * windows) as double) as sum_nn,
        cast(sum(windows * churned_windows) as double) as sum_nx,
        cast(sum(churned_windows * churned_windows) as double) as sum_xx,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(churned_mrr) as bigint) as churned_mrr

    from account_bands

    group by {{ keys | join(', ') }}, band

),

spread as (

    select
        *,
        cast(churned_windows as double) / windows as rate,
        -- Variance of a share of clustered windows: the accounts differ from it, each by all of its windows together.
        cast(accounts as double) / nullif(accounts - 1, 0)
        * (sum_xx - 2.0 * churned_windows / windows * sum_nx + power(cast(churned_windows as double) / windows, 2) * sum_nn)
        / power(cast(windows as double), 2) as rate_variance

    from counted

),

-- So many independent windows would leave as much doubt; never more than there are. Where all windows of all accounts
-- ended alike nothing can be seen of their spread, and an account counts once.
effective as (

    select
        *,
        case
            when accounts < 2 then null
            when churned_windows in (0, windows) then cast(accounts as double)
            when rate_variance > 0
                then least(
                    cast(windows as double),
                    cast(windows as double) / (windows - 1) * rate * (1 - rate) / rate_variance
                )
            else cast(windows as double)
        end as effective_n

    from spread

),

final as (

    select
        {% for key in keys %}
            scopes.{{ key }},
        {% endfor %}
        every_band.band,
        coalesce(effective.windows, 0) as windows,
        coalesce(effective.accounts, 0) as accounts,
        coalesce(effective.churned_windows, 0) as churned_windows,
        coalesce(effective.churned_accounts, 0) as churned_accounts,
        {{ nine_decimals('effective.rate') }} as churn_rate,
        {{ nine_decimals('effective.effective_n') }} as effective_n,
        {{ nine_decimals(wilson_bound('effective.rate * effective.effective_n', 'effective.effective_n', '-')) }}
            as churn_rate_low,
        {{ nine_decimals(wilson_bound('effective.rate * effective.effective_n', 'effective.effective_n', '+')) }}
            as churn_rate_high,
        coalesce(effective.mrr, 0) as mrr,
        coalesce(effective.churned_mrr, 0) as churned_mrr,
        case
            when effective.windows is null then 'no_windows'
            when effective.accounts < 2 then 'only_one_account'
        end as null_reason

    from scopes
    cross join every_band
    left join effective
        on
            every_band.band = effective.band
            {% for key in keys %}
                and scopes.{{ key }} = effective.{{ key }}
            {% endfor %}

)

select * from final
